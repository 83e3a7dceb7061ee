// Buttons that open a dialog of the bot: those of the page, and those of a row.

import { Failure } from "./api.js";
import { openDialog } from "./dialogs.js";
import { showNotice } from "./page.js";

// `context` returns the record of the page. `onChanged` loads the view again, and `onSignedOut` gets an ended session.
export function makeFlows({ context, onChanged, onSignedOut }) {
  async function open(button, { page, data = {}, about = null, title = button.textContent }) {
    try {
      const { text, changed } = await openDialog({ page, data, about: about ?? {}, record: about ? null : context(), title });
      const target = text ? showNotice(text) : null;
      if (changed) await onChanged();
      if (target && !button.isConnected) target.focus();
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      onSignedOut(failure);
    }
  }

  for (const button of document.querySelectorAll("button[data-dialog]")) {
    button.onclick = () => open(button, { page: button.dataset.dialog });
  }
  return open;
}
