// Buttons that need a script are disabled until it runs: a click before that would be lost.

export function enableButtons() {
  for (const each of document.querySelectorAll("button[data-needs-script]")) each.disabled = false;
}
