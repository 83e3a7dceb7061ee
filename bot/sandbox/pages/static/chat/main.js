// The chat page: keeps it up to date, and lets one choose the person.

import { enableButtons } from "../buttons.js";
import { changes, chat, language, me, Refused, setLanguage, setMe } from "./api.js";
import { showNotice, updateComposer } from "./composer.js";
import { updateDetails, updateRail } from "./details.js";
import { element } from "./dom.js";
import "./extension.js";
import { redraw, update } from "./messages.js";

const POLL_MS = 1_000;
const HIDDEN_POLL_MS = 10_000;
const RETRY_MS = 5_000;

const chooser = document.querySelector("#me");
const languages = document.querySelector("#language");
let version = 0;
let timer = 0;
let isPolling = false;
let isWanted = false;
let hasFailed = false;

async function poll() {
  clearTimeout(timer);
  isWanted = isPolling;
  if (isPolling) return;
  isPolling = true;
  let wait = document.hidden ? HIDDEN_POLL_MS : POLL_MS;
  try {
    const person = me();
    const found = await changes(version);
    if (person !== me()) version = 0;
    else if (found) show(found);
    if (hasFailed) showNotice("");
    hasFailed = false;
  } catch (error) {
    if (!(error instanceof Refused || error instanceof TypeError)) throw error;
    console.warn(error);
    hasFailed = true;
    showNotice("The sandbox is not responding. Trying again…");
    wait = RETRY_MS;
  } finally {
    isPolling = false;
    timer = setTimeout(poll, isWanted ? 0 : wait);
  }
}

function show(found) {
  if (found.people) chat.people = new Map(found.people.map((each) => [each.id, each]));
  if (found.app) chat.app = found.app;
  const before = chat.state;
  chat.state = found.chat;
  version = found.version;
  if (JSON.stringify(before) !== JSON.stringify(found.chat)) showChat();
  updateRail(found.chats);
  update(found);
}

function showChat() {
  const { members, isOwn, hasApp, bot } = chat.state;
  if (members.length && !members.includes(me())) act(members[0]);
  chooser.replaceChildren(...members.map((each) => element("option", { value: each, selected: each === me() }, chat.people.get(each)?.name ?? each)));
  updateDetails();
  enableButtons();
  updateComposer(isOwn && members.includes(me()));
  if (!isOwn) showNotice("People write to this chat in another client.");
  else if (!hasApp) showNotice(`${bot.name} is not in this chat. Select People to add it.`);
  else showNotice("");
}

// Another person sees other targeted messages, so the next request asks for all messages.
function act(person) {
  setMe(person);
  version = 0;
}

// The languages that the client can have. The first one that fits the browser's is chosen.
function showLanguages() {
  const options = [...languages.options];
  const fits = (tag) => tag === language() || tag.split("-")[0] === language().split("-")[0];
  languages.value = (options.find(({ value }) => value === language()) ?? options.find(({ value }) => fits(value)) ?? options[0]).value;
}

languages.addEventListener("change", () => { setLanguage(languages.value); redraw(); });
showLanguages();
chooser.addEventListener("change", () => { act(chooser.value); poll(); redraw(); updateDetails(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) poll(); });
window.addEventListener("chat-changed", poll);
poll();
