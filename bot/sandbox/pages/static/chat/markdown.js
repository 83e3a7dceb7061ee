// Markdown as Teams shows it in cards: bold, italic, lists, and links. HTML stays text.

const renderer = window.markdownit("zero", { html: false, linkify: false });
renderer.enable(["emphasis", "link", "list", "escape", "entity", "newline", "strikethrough"]);

export function renderMarkdown(text, result) {
  result.outputHtml = renderer.render(text);
  result.didProcess = true;
}
