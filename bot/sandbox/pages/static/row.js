// Saves the columns that were changed through the Web API, as the person who is picked, and says what happened.

const form = document.querySelector("#row");
const result = document.querySelector("#result");
const FORMATTED = "OData.Community.Display.V1.FormattedValue";
const LONGEST_SHOWN = 60;

const READERS = {
  checkbox: (control) => control.checked,
  checkboxes: (group) => [...group.querySelectorAll("input:checked")].map((box) => box.value).join(",") || null,
  number: (control) => (control.value === "" ? null : Number(control.value)),
  select: (control) => (control.value === "" ? null : Number(control.value)),
  "datetime-local": (control) => (control.value === "" ? null : new Date(`${control.value}Z`).toISOString()),
};
const read = (control) => (READERS[control.dataset.control] ?? ((each) => each.value || null))(control);

const controls = () => [...form.querySelectorAll("[data-name]")];
let saved = {};
const remember = () => { saved = Object.fromEntries(controls().map((control) => [control.dataset.name, read(control)])); };

function say(text, kind) {
  result.textContent = text;
  result.dataset.kind = kind;
}

function shown(control, row) {
  const name = control.dataset.control === "owner" ? "_ownerid_value" : control.dataset.name;
  const text = String(row[`${name}@${FORMATTED}`] ?? row[name] ?? "–");
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
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

async function refusal(answer) {
  const { error } = await answer.json();
  const { personName, label } = form.dataset;
  if (answer.status === 412) {
    const row = await (await request("GET", "?$select=modifiedon,_modifiedby_value")).json();
    const who = row[`_modifiedby_value@${FORMATTED}`] ?? "Somebody";
    return `${who} changed this ${label} meanwhile, on ${row[`modifiedon@${FORMATTED}`]}. Reload the page to see it as it is now.`;
  }
  return answer.status === 403 ? `${personName} may not change this ${label}. ${error.message}` : `Not saved. ${error.message}`;
}

async function save(event) {
  event.preventDefault();
  const changed = controls().filter((control) => read(control) !== saved[control.dataset.name]);
  if (!changed.length) {
    say("Nothing has changed.", "");
    return;
  }
  const button = form.querySelector(".save button");
  button.setAttribute("aria-disabled", "true");
  say("Saving…", "");
  try {
    const answer = await request("PATCH", "", Object.fromEntries(changed.map((control) => [control.dataset.name, read(control)])));
    if (!answer.ok) {
      say(await refusal(answer), "bad");
      return;
    }
    const row = await answer.json();
    form.dataset.etag = row["@odata.etag"];
    follow(row);
    remember();
    const parts = changed.map((control) => `${control.dataset.label} is now ${shown(control, row)}`);
    say(`Saved. ${parts.join(", ")}.`, "good");
  } catch {
    say("The sandbox does not answer. Nothing was saved.", "bad");
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

// State and status reason follow each other on the server, and other columns follow too.
function follow(row) {
  for (const fact of document.querySelectorAll(".facts dd")) {
    const text = String(row[`${fact.dataset.name}@${FORMATTED}`] ?? row[fact.dataset.name] ?? "–");
    if (fact.dataset.name in row && fact.textContent !== text) fact.textContent = text;
  }
  for (const name of ["statecode", "statuscode"]) {
    const control = form.querySelector(`[data-name="${name}"]`);
    if (control && row[name] !== undefined) control.value = String(row[name]);
  }
}

// A status reason of another state brings its state along.
function bringState(event) {
  const state = event.target.selectedOptions?.[0]?.dataset.state;
  const control = form.querySelector('[data-name="statecode"]');
  if (event.target.dataset.name === "statuscode" && state && control) control.value = state;
}

if (form) {
  remember();
  form.addEventListener("submit", save);
  form.addEventListener("change", bringState);
}
document.querySelector("#copy").addEventListener("click", async (event) => {
  const link = document.querySelector("#link");
  link.select();
  try {
    await navigator.clipboard.writeText(link.value);
    event.target.textContent = "Copied";
  } catch {
    event.target.textContent = "Press Ctrl+C";
  }
});
