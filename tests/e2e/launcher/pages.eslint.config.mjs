// Names in the scripts of the pane's and the sandbox's pages: each is defined, imported, or one of the browser's.
import globals from "globals";

export default [
  {
    files: ["**/static/**/*.js"],
    languageOptions: { ecmaVersion: 2024, sourceType: "module", globals: globals.browser },
    rules: { "no-undef": "error", "no-unused-vars": ["error", { varsIgnorePattern: "^_" }], "no-redeclare": "error" },
  },
];
