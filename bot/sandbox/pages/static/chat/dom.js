// Elements of the chat page. Texts become text nodes, never markup.

import { button, element } from "../../shared/cards/dom.js";

export { button, element };

const LINK = /https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]]/g;

// Returns the text with a link for each address.
export function linked(text) {
  const parts = document.createDocumentFragment();
  let at = 0;
  for (const found of text.matchAll(LINK)) {
    parts.append(text.slice(at, found.index), element("a", { href: found[0], target: "_blank", rel: "noopener" }, found[0]));
    at = found.index + found[0].length;
  }
  parts.append(text.slice(at));
  return parts;
}

export const addresses = (text) => [...text.matchAll(LINK)].map((found) => found[0]);

export function time(at) {
  const date = new Date(at);
  const clock = date.toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
  const isToday = date.toDateString() === new Date().toDateString();
  return isToday ? clock : `${date.toLocaleDateString([], { month: "short", day: "numeric" })}, ${clock}`;
}

// Opens the page's one dialog with a title and content; returns a function that closes it.
export function openDialog(title, content, { onclose, width = "medium" } = {}) {
  const dialog = document.querySelector("#dialog");
  const close = () => dialog.close();
  dialog.replaceChildren(
    element("div", { class: "dialog-head" },
      element("h2", { id: "dialog-title", dir: "auto" }, title),
      button("✕", close, { "aria-label": "Close" })),
    element("div", { class: "dialog-body" }, content));
  dialog.dataset.width = width;
  dialog.onclose = () => { dialog.replaceChildren(); onclose?.(); };
  if (!dialog.open) dialog.showModal();
  return close;
}
