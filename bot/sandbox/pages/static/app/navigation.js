// While a pane is open, links between records replace only the page beside it, as in a model-driven app.

import { hasPanes } from "./side_panes.js";

export function isReplaceable(link, event) {
  const isPlain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  return isPlain && hasPanes() && !link.target && link.href.startsWith(document.body.dataset.tables);
}

async function replacement(address) {
  const response = await fetch(address);
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

// Show the page at the address. If it cannot be loaded, leave the app as a browser would.
export async function show(address, start) {
  try {
    const found = await replacement(address);
    for (const selector of ["main", ".person"]) {
      document.querySelector(selector).replaceWith(document.adoptNode(found.querySelector(selector)));
    }
    document.title = found.title;
    window.scrollTo(0, 0);
    document.querySelector("main").focus();
    start();
  } catch {
    window.location.assign(address);
  }
}
