// The link from the pane to the settings page, for administrators only. The server says who is one.

import { act } from "./api.js";

const link = document.querySelector("#to-settings");

// In Teams, other links open in other windows.
link.onclick = (event) => {
  event.preventDefault();
  location.assign(link.href);
};

// Shows or hides the link for the person who is signed in now. Without an answer, there is no link.
export async function showSettingsLink() {
  link.hidden = true;
  link.hidden = !(await act("settings/access", {}).then((answer) => answer.isAdministrator === true, () => false));
}

export function hideSettingsLink() {
  link.hidden = true;
}
