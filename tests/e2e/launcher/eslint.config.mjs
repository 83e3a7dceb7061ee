// Microsoft's rules of the solution checker for web resources.
import powerApps from "@microsoft/eslint-plugin-power-apps";

export default [
  {
    files: ["**/manifest/pane/files/*.js"],
    languageOptions: { ecmaVersion: 2022, sourceType: "script" },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    plugins: { "@microsoft/power-apps": powerApps },
    rules: Object.fromEntries(Object.keys(powerApps.rules).map((name) => [`@microsoft/power-apps/${name}`, "error"])),
  },
];
