// The sandbox: a person is chosen on the page, and the page around this one names the record.

import { showPeople, showState } from "../page.js";
import { element } from "../cards/dom.js";
import { askForPerson, watchLauncher } from "./launcher.js";
import { recordInQuery } from "../record_names.js";
import { text, textAround } from "../texts.js";

const people = document.querySelector("#people");
const actingAs = document.querySelector("#acting-as"), change = document.querySelector("#change-person");

let isFirst = true;

// Returns the proof of the person for the server, which believes it only on this machine. The first person is the one
// whom the sandbox's page around this one acts as.
export async function proof() {
  const known = isFirst ? await askForPerson() : "";
  isFirst = false;
  const button = [...people.querySelectorAll("button")].find((each) => each.dataset.person === known);
  return button ? choose(button) : choosePerson();
}

function choose(button) {
  actingAs.replaceChildren(...textAround("actingAs", element("b", { dir: "auto" }, button.dataset.name)));
  actingAs.hidden = change.hidden = false;
  return { person: button.dataset.person };
}

async function choosePerson() {
  showPeople();
  actingAs.hidden = change.hidden = true;
  document.querySelector("#people-title").focus();
  const chosen = await new Promise((resolve) => {
    for (const button of people.querySelectorAll("button")) button.onclick = () => resolve(button);
  });
  // The list goes away at once, because a second choice would have no effect.
  showState({ title: text("loading") });
  return choose(chosen);
}

export function onChangePerson(listener) {
  change.onclick = listener;
}

// Calls the listener with each record that the page around this one shows, or with null without a record.
export function watchRecord(listener) {
  watchLauncher(listener);
  // The part of an address after the number sign is never sent to a server.
  const showAddress = () => {
    const query = location.hash.slice(1);
    listener(recordInQuery(query), { chat: new URLSearchParams(query).get("chat") });
  };
  window.addEventListener("hashchange", showAddress);
  if (location.hash || window.parent === window) showAddress();
}
