// The sandbox: a person is chosen on the page, and the page around this one names the record.

import { showPeople } from "../page.js";

const people = document.querySelector("#people");
const actingAs = document.querySelector("#acting-as"), change = document.querySelector("#change-person");

// Returns the proof of the person for the server, which believes it only on this machine.
export function proof() {
  showPeople();
  actingAs.hidden = change.hidden = true;
  document.querySelector("#people-title").focus();
  return new Promise((resolve) => {
    for (const button of people.querySelectorAll("button")) {
      button.onclick = () => {
        actingAs.lastElementChild.textContent = button.dataset.name;
        actingAs.hidden = change.hidden = false;
        resolve({ person: button.dataset.person });
      };
    }
  });
}

export function onChangePerson(listener) {
  change.onclick = listener;
}

// Calls the listener with each record that the page around this one shows, or with null without a record.
export function watchRecord(listener) {
  window.addEventListener("message", (event) => {
    if (event.origin !== location.origin || event.source !== window.parent || window.parent === window) return;
    const { v, kind, ...record } = Object(event.data);
    if (v === 1 && kind === "record") listener(named(record), appOf(record));
  });
  const fromHash = () => listener(named(fromAddress()), appOf(fromAddress()));
  window.addEventListener("hashchange", fromHash);
  fromHash();
}

// The part of an address after the number sign is never sent to a server.
function fromAddress() {
  return Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
}

const appOf = ({ app }) => (typeof app === "string" ? app : "");

function named({ table = "", id = "", environment = document.body.dataset.environment }) {
  const isText = [table, id, environment].every((each) => typeof each === "string");
  return isText && table ? { environment, table, row: id } : null;
}
