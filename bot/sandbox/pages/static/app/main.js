// A small model-driven app around the pages of tables and records.

import "./acting_person.js";
import "./client_api.js";
import { run } from "./commands.js";
import { isReplaceable, show } from "./navigation.js";
import { startRow } from "../row.js";

document.addEventListener("click", (event) => {
  const command = event.target.closest("button[data-script]");
  const link = event.target.closest("a[href]");
  if (command) {
    run(command.dataset);
  } else if (link && isReplaceable(link, event)) {
    event.preventDefault();
    history.pushState(null, "", link.href);
    show(link.href, startRow);
  }
});
window.addEventListener("popstate", () => show(window.location.href, startRow));
startRow();
