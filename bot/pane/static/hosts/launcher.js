// The web resource around this page, which names the open record. Everything that it says is a wish.

const TABLE = /^[a-z_][a-z0-9_]{0,127}$/;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const APP = /^[\w.-]{0,200}$/;
const LARGEST_LCID = 0xffff, PERSON_MS = 500;

// The environments by the origins of their pages. Messages of all other pages are ignored.
const organizations = new Map(Object.entries(JSON.parse(document.body.dataset.organizations)));

// A page of this server can show a pane of the built-in sandbox under any name of this machine.
function environmentOf(origin) {
  const own = document.body.dataset.host === "sandbox" && origin === location.origin;
  return organizations.get(origin) ?? (own ? document.body.dataset.environment : undefined);
}

// Calls the listener with each record, or with null without one, and with the app and the language.
export function watchLauncher(listener) {
  if (window.parent === window) return;
  window.addEventListener("message", ({ data, origin, source }) => {
    const environment = environmentOf(origin);
    if (source !== window.parent || environment === undefined || !isRecord(data)) return;
    const { table, id, app, lcid } = data;
    listener(table ? { environment, table, row: id } : null, { app, lcid });
  });
  tell(window.parent, { v: 1, kind: "ready" });
}

function isRecord(data) {
  if (data?.v !== 1 || data.kind !== "record") return false;
  const { table, id, app, lcid } = data;
  if (![table, id, app].every((each) => typeof each === "string")) return false;
  const isPlace = table === "" ? id === "" : TABLE.test(table) && (id === "" || ID.test(id));
  return isPlace && APP.test(app) && Number.isInteger(lcid) && lcid >= 0 && lcid <= LARGEST_LCID;
}

// Sends a message to a page around this one, if it belongs to an environment. Where the browser does not name that
// page, all environments are tried, and only the right one gets the message.
function tell(page, message) {
  const around = [...(location.ancestorOrigins ?? [...organizations.keys(), location.origin])];
  for (const origin of new Set(around)) {
    if (environmentOf(origin) !== undefined) page.postMessage(message, origin);
  }
}

// Returns the ID of the person whom the sandbox's page acts as; empty if it does not say.
export function askForPerson() {
  if (window.parent === window) return "";
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(""), PERSON_MS);
    window.addEventListener("message", function listen({ data, origin, source }) {
      if (source !== window.top || environmentOf(origin) === undefined) return;
      if (data?.v !== 1 || data.kind !== "person" || typeof data.person !== "string") return;
      window.removeEventListener("message", listen);
      clearTimeout(timer);
      resolve(data.person);
    });
    tell(window.top, { v: 1, kind: "who" });
  });
}
