// Markdown as Teams shows it in cards: bold, italic, lists, and links. It becomes elements, and HTML stays text.

import { element } from "./dom.js";
import { safeAddress } from "./links.js";
import { AC, markdownit } from "./renderer.js";

const TAGS = { paragraph: "p", bullet_list: "ul", ordered_list: "ol", list_item: "li", strong: "strong", em: "em", s: "s" };
const parser = markdownit("zero", { html: false, linkify: false });
parser.enable(["emphasis", "link", "list", "escape", "entity", "newline", "strikethrough"]);

// Returns the text as nodes. A text of one paragraph has no element around it.
export function markdownNodes(text) {
  const root = element("div");
  build(root, parser.parse(text, {}));
  const isOne = root.children.length === 1 && root.firstElementChild.tagName === "P";
  return [...(isOne ? root.firstElementChild : root).childNodes];
}

function build(root, tokens) {
  const open = [root];
  for (const token of tokens) {
    const parent = open.at(-1);
    if (token.type === "inline") build(parent, token.children);
    else if (token.nesting === 0) parent.append(token.type.endsWith("break") ? element("br") : token.content);
    else if (token.nesting === -1) open.pop();
    else {
      const made = token.hidden ? parent : newElement(token);
      if (made !== parent) parent.append(made);
      open.push(made);
    }
  }
}

function newElement(token) {
  const kind = token.type.replace("_open", "");
  if (kind !== "link") return element(TAGS[kind] ?? "span");
  const href = safeAddress(token.attrGet("href") ?? "");
  return href ? element("a", { href, target: "_blank", rel: "noopener noreferrer" }) : element("span");
}

// The renderer shows plain text. Afterward, the text is replaced by nodes, because it knows only markup.
let formatted = null;
AC.AdaptiveCard.onProcessMarkdown = (text) => { formatted = text; };
const renderPlain = AC.TextBlock.prototype.internalRender;
AC.TextBlock.prototype.internalRender = function renderMarkdown() {
  formatted = null;
  const made = renderPlain.call(this);
  if (made && formatted !== null) made.replaceChildren(...markdownNodes(formatted));
  if (made) turn(made);
  return made;
};

// Letters from right to left: Hebrew, Arabic, and their neighbors.
const FROM_THE_RIGHT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/g;

// A text with letters of one direction has that direction, such as a name or a date. Others have that of the page.
function turn(block) {
  const words = block.textContent, others = words.replace(FROM_THE_RIGHT, "");
  const isLeft = /\p{L}/u.test(others), isRight = others !== words;
  if (isLeft === isRight) return;
  const dir = isLeft ? "ltr" : "rtl", parts = [...block.children].filter((each) => each.matches("p, ul, ol"));
  for (const each of parts) each.dir = dir;
  if (!parts.length) block.replaceChildren(element("bdi", { dir }, ...block.childNodes));
}

AC.GlobalSettings.useAdvancedTextBlockTruncation = false;
AC.GlobalSettings.useAdvancedCardBottomTruncation = false;
