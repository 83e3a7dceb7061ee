// Prints the mistakes that html-validate finds in the page on the standard input, one per line.
const { HtmlValidate } = require("html-validate");

// Scripts fill in headings, and addresses of links and pictures, before they show them.
const FILLED_BY_SCRIPTS = { "empty-heading": "off", "attribute-misuse": "off", "element-required-attributes": "off" };

const validator = new HtmlValidate({
  root: true,
  extends: ["html-validate:recommended", "html-validate:a11y"],
  rules: FILLED_BY_SCRIPTS,
});

let page = "";
process.stdin.setEncoding("utf-8");
process.stdin.on("data", (part) => { page += part; });
process.stdin.on("end", async () => {
  const report = await validator.validateString(page);
  for (const { messages } of report.results) {
    for (const { line, column, ruleId, message } of messages) console.log(`${line}:${column} ${ruleId}: ${message}`);
  }
});
