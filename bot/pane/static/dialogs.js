// The dialogs of the bot, in a window above the page.

import { element } from "./cards/dom.js";
import { makeDialogPages } from "./dialog_pages.js";
import { text } from "./texts.js";

let count = 0;

// Opens a page of a dialog: `{ page, data, record, about, title }`, where `about` names a chat. Returns `{ text, changed }` when it closes: the text
// of the bot if the dialog came to its end, and whether the person submitted anything. Throws the failure of an ended
// session. The focus returns to the element that had it.
export function openDialog({ page, data = {}, record = null, about = {}, title = "" }) {
  const { dialog, heading, body } = build(title);
  document.body.append(dialog);
  return new Promise((resolve, reject) => {
    let result = { changed: false };
    const close = (found) => { result = { ...result, ...found }; dialog.close(); };
    const pages = makeDialogPages(body, {
      about,
      onPage: (name, { isFirst }) => {
        heading.textContent = name || title;
        heading.focus();
        result.changed = !isFirst;
      },
      onDone: (words) => close({ text: words, changed: true }),
      onFailure: (failure) => close({ failure }),
    });
    dialog.onclose = async () => {
      await pages.settled();
      dialog.remove();
      if (result.failure) reject(result.failure);
      else resolve(result);
    };
    dialog.showModal();
    heading.focus();
    pages.open({ page, data, record });
  });
}

// Closes all dialogs and questions, because the person may not see the page any longer.
export function closeDialogs() {
  for (const each of document.querySelectorAll("dialog[open]")) each.close();
}

function build(title) {
  const heading = element("h2", { id: `dialog-title-${(count += 1)}`, tabIndex: -1, dir: "auto" }, title);
  const body = element("div", { class: "dialog-body" });
  const close = element("button", { type: "button", class: "quiet dismiss", "aria-label": text("close") }, "✕");
  const dialog = element("dialog", { class: "task", "aria-labelledby": heading.id }, element("div", { class: "dialog-head" }, heading, close), body);
  close.onclick = () => dialog.close();
  return { dialog, heading, body };
}
