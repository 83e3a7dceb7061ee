// The sandbox: a person is chosen on the page, and the page around this one names the record.

import { showPeople } from "../page.js";
import { recordInQuery, recordNamed } from "../record_names.js";

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
    if (v === 1 && kind === "record") listener(recordNamed(record));
  });
  // The part of an address after the number sign is never sent to a server.
  const showAddress = () => {
    const query = location.hash.slice(1);
    listener(recordInQuery(query), new URLSearchParams(query).get("chat"));
  };
  window.addEventListener("hashchange", showAddress);
  showAddress();
}
