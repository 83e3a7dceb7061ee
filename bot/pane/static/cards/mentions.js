// Mentions of people on a card, which Teams shows as their names.

import { element } from "./dom.js";

// Replaces the texts that the entities of the card name, such as `<at>Adele</at>`.
export function showMentions(rendered, payload) {
  for (const { type, text, mentioned } of payload.msteams?.entities ?? []) {
    if (type !== "mention" || !text) continue;
    for (const node of textNodes(rendered)) replace(node, text, String(mentioned?.name ?? ""));
  }
}

function textNodes(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) found.push(walker.currentNode);
  return found;
}

function replace(node, text, name) {
  const [first, ...others] = node.data.split(text);
  if (others.length) node.replaceWith(first, ...others.flatMap((part) => [element("span", { class: "mention" }, name), part]));
}
