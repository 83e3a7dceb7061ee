// Requests to the sandbox. The acting person and their language are stored for each tab.

const app = document.querySelector("#app");
const PERSON = "sandbox-person";
const LANGUAGE = "sandbox-language";

export const chat = { state: null, people: new Map(), app: { extension: [], commands: [] } };

export const me = () => sessionStorage.getItem(PERSON) ?? app.dataset.person;
export const setMe = (person) => sessionStorage.setItem(PERSON, person);
export const language = () => sessionStorage.getItem(LANGUAGE) ?? navigator.language;
export const setLanguage = (tag) => sessionStorage.setItem(LANGUAGE, tag);
export const myAccount = () => chat.people.get(me())?.account;
export const theme = () => (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "default");

export class Refused extends Error {}

const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
const UNREACHABLE = "The sandbox is not responding.";

export async function post(action, body, address = app.dataset.address) {
  let response;
  try {
    response = await fetch(`${address}${action}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ person: me(), timeZone, language: language(), ...body }),
    });
  } catch {
    throw new Refused(UNREACHABLE);
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(answer.error ?? UNREACHABLE);
  window.dispatchEvent(new Event("chat-changed"));
  return answer;
}

// Sends an invoke as Teams does, and returns the bot's answer.
export async function invoke(name, value, message) {
  return (await post("/invokes", { name, value, message })).answer ?? {};
}

export const write = (message) => post("/messages", message);

let etag = "";

// Returns the changes since the last call, or null if there are none.
export async function changes(version) {
  const response = await fetch(`${app.dataset.address}/state?after=${version}&person=${encodeURIComponent(me())}`, {
    cache: "no-store",
    headers: version && etag ? { "If-None-Match": etag } : {},
  });
  if (response.status === 304) return null;
  if (!response.ok) throw new Refused(UNREACHABLE);
  etag = response.headers.get("ETag") ?? "";
  return response.json();
}
