// Saves changed columns through the Web API on behalf of the acting person, and shows the result.

import { enableButtons } from "./buttons.js";

let form = null;
const FORMATTED = "OData.Community.Display.V1.FormattedValue";
const MAX_SHOWN_LENGTH = 60;

const READERS = {
  checkbox: (control) => control.checked,
  checkboxes: (group) => [...group.querySelectorAll("input:checked")].map((box) => box.value).join(",") || null,
  number: (control) => (control.value === "" ? null : Number(control.value)),
  select: (control) => (control.value === "" ? null : Number(control.value)),
  "datetime-local": (control) => (control.value === "" ? null : new Date(`${control.value}Z`).toISOString()),
};
const readValue = (control) => (READERS[control.dataset.control] ?? ((each) => each.value || null))(control);

const controls = () => [...form.querySelectorAll("[data-name]")];
let saved = {};
const rememberValues = () => { saved = Object.fromEntries(controls().map((control) => [control.dataset.name, readValue(control)])); };

function showResult(text, kind) {
  const result = document.querySelector("#result");
  result.textContent = text;
  result.dataset.kind = kind;
}

function displayValue(control, row) {
  const name = control.dataset.control === "owner" ? "_ownerid_value" : control.dataset.name;
  const text = String(row[`${name}@${FORMATTED}`] ?? row[name] ?? "–");
  return text.length > MAX_SHOWN_LENGTH ? `${text.slice(0, MAX_SHOWN_LENGTH)}…` : text;
}

async function request(method, query, body) {
  return fetch(form.dataset.api + query, {
    method,
    headers: {
      "Accept": "application/json",
      "Content-Type": "application/json",
      "CallerObjectId": form.dataset.person,
      "Prefer": `return=representation, odata.include-annotations="${FORMATTED}"`,
      ...(body ? { "If-Match": form.dataset.etag } : {}),
    },
    body: body && JSON.stringify(body),
  });
}

async function errorText(response) {
  const { error } = await response.json();
  const { personName, label } = form.dataset;
  if (response.status === 412) {
    const row = await (await request("GET", "?$select=modifiedon,_modifiedby_value")).json();
    const modifiedBy = row[`_modifiedby_value@${FORMATTED}`] ?? "Another user";
    return `${modifiedBy} changed this ${label} on ${row[`modifiedon@${FORMATTED}`]}. Reload the page to see the current values.`;
  }
  return response.status === 403 ? `${personName} cannot change this ${label}. ${error.message}` : `Not saved. ${error.message}`;
}

async function save(event) {
  event.preventDefault();
  const changedControls = controls().filter((control) => readValue(control) !== saved[control.dataset.name]);
  if (!changedControls.length) {
    showResult("There are no changes to save.", "");
    return;
  }
  const button = form.querySelector(".save button");
  button.setAttribute("aria-disabled", "true");
  showResult("Saving…", "");
  try {
    const response = await request("PATCH", "", Object.fromEntries(changedControls.map((control) => [control.dataset.name, readValue(control)])));
    if (!response.ok) {
      showResult(await errorText(response), "bad");
      return;
    }
    const row = await response.json();
    form.dataset.etag = row["@odata.etag"];
    updateDerived(row);
    rememberValues();
    const parts = changedControls.map((control) => `${control.dataset.label} is now ${displayValue(control, row)}`);
    showResult(`Saved. ${parts.join(", ")}.`, "good");
  } catch {
    showResult("The sandbox is not responding. Nothing was saved.", "bad");
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

// The server derives the state from the status reason and may derive other columns too.
function updateDerived(row) {
  for (const fact of document.querySelectorAll(".facts dd")) {
    const text = String(row[`${fact.dataset.name}@${FORMATTED}`] ?? row[fact.dataset.name] ?? "–");
    if (fact.dataset.name in row && fact.textContent !== text) fact.textContent = text;
  }
  for (const name of ["statecode", "statuscode"]) {
    const control = form.querySelector(`[data-name="${name}"]`);
    if (control && row[name] !== undefined) control.value = String(row[name]);
  }
}

// Select the state that a selected status reason belongs to.
function selectState(event) {
  const state = event.target.selectedOptions?.[0]?.dataset.state;
  const control = form.querySelector('[data-name="statecode"]');
  if (event.target.dataset.name === "statuscode" && state && control) control.value = state;
}

async function copyLink(event) {
  const link = document.querySelector("#link");
  link.select();
  try {
    await navigator.clipboard.writeText(link.value);
    event.target.textContent = "Copied";
  } catch {
    event.target.textContent = "Press Ctrl+C";
  }
}

// Start the page of a row. Other pages have neither a form nor a link.
export function startRow() {
  form = document.querySelector("#row");
  document.querySelector("#copy")?.addEventListener("click", copyLink);
  if (form) {
    rememberValues();
    form.addEventListener("submit", save);
    form.addEventListener("change", selectState);
  }
  enableButtons();
}
