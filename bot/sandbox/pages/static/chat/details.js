// The name of the chat, its people, and its app; and the list of chats.

import { chat, me, post, Refused } from "./api.js";
import { button, element, openDialog } from "./dom.js";

const app = document.querySelector("#app");
const rail = document.querySelector("#rail");
let redrawDetails = null;

export function updateDetails() {
  const { state } = chat;
  document.querySelector("#name").textContent = state.name;
  document.title = `${state.name} · Sandbox`;
  document.querySelector("#details").textContent = `People (${state.members.length + (state.hasApp ? 1 : 0)})`;
  redrawDetails?.();
}

export function updateRail(chats) {
  rail.replaceChildren(...chats.map((each) => element("li", {}, element("a", {
    href: `${app.dataset.chats}/${encodeURIComponent(each.id)}`,
    ...(each.id === chat.state.id ? { "aria-current": "page" } : {}),
  }, element("bdi", {}, each.name)))));
}

async function change(action, body) {
  const result = document.querySelector("#details-result");
  result.textContent = "";
  try {
    await post(action, body);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    result.textContent = error.message;
  }
}

function openDetails() {
  const people = element("div");
  const result = element("p", { id: "details-result", class: "notice", role: "status" });
  const content = element("div", { class: "details" }, ...(isGroup() ? [nameForm()] : []), people, result);
  redrawDetails = () => people.replaceChildren(peopleList());
  redrawDetails();
  openDialog("People and app", content, { width: "small", onclose: () => { redrawDetails = null; } });
}

const isGroup = () => chat.state.kind === "group" && chat.state.isOwn;

function nameForm() {
  const topic = element("input", { id: "topic", maxLength: 250, value: chat.state.topic });
  const rename = (event) => { event.preventDefault(); change("/topic", { topic: topic.value.trim() }); };
  return element("form", { on: { submit: rename } },
    element("label", { htmlFor: "topic" }, "Name"),
    element("div", { class: "joined" }, topic, element("button", { class: "quiet" }, "Rename")));
}

function peopleList() {
  const { members, hasApp, isOwn, bot } = chat.state;
  const setApp = () => change("/app", { installed: !hasApp });
  const toggle = isOwn ? button(hasApp ? "Remove" : "Add", setApp, { "aria-label": `${hasApp ? "Remove" : "Add"} ${bot.name}` }) : null;
  const botLine = line(bot.name, hasApp ? "App" : "App, not in this chat", toggle);
  const people = [...chat.people.values()].filter((each) => each.enabled || members.includes(each.id));
  return element("ul", { class: "people" }, botLine, ...people.map(personLine));
}

function personLine(person) {
  const isMember = chat.state.members.includes(person.id);
  if (!isMember && !isGroup()) return "";
  const isMe = person.id === me();
  const set = () => change("/members", { user: person.id, member: !isMember });
  const title = isMember ? "Remove" : "Add";
  const control = isGroup() ? button(title, set, { "aria-label": `${title} ${person.name}` }) : null;
  return line(isMe ? `${person.name} (you)` : person.name, isMember ? person.title : "Not in this chat", control);
}

function line(name, about, control) {
  return element("li", {}, element("span", {}, element("b", {}, name), element("span", { class: "subtle" }, about)), control);
}

document.querySelector("#details").addEventListener("click", openDetails);
