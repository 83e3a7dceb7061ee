// The list of messages. A message is drawn again only if it changed, so that typed input stays.

import { chat, me, Refused } from "./api.js";
import { execute, executeData, isExecute, renderCard } from "./cards.js";
import { button, element, linked, time } from "./dom.js";
import { submit } from "./tasks.js";
import { canRefresh, refresh, setView, viewOf } from "./views.js";

const NEAR_END_PX = 120;

const list = document.querySelector("#messages");
const shown = new Map();
let menuItems = () => [];

const messageOf = (number) => shown.get(number)?.message;
export function setMenu(items) { menuItems = items; }

const visible = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    const message = messageOf(Number(entry.target.dataset.number));
    if (entry.isIntersecting && message) refreshMessage(message);
  }
}, { root: list });

async function refreshMessage(message, options) {
  if (message.card && await refresh(message, options)) keepingEnd(() => draw(messageOf(message.number) ?? message));
}

// Changes the list, and keeps its end in view if it is.
function keepingEnd(change) {
  const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END_PX;
  change();
  if (isAtEnd) list.scrollTop = list.scrollHeight;
}

export function update(found) {
  keepingEnd(() => updateList(found));
}

function updateList({ messages, numbers }) {
  messages.forEach(draw);
  const current = new Set(numbers);
  for (const [number, { item }] of shown) if (!current.has(number)) { item.remove(); shown.delete(number); }
  list.dataset.empty = String(!shown.size);
}

export function redraw() {
  for (const { message } of shown.values()) draw(message);
}

function draw(message) {
  const item = renderMessage(message);
  const old = shown.get(message.number)?.item;
  if (old) { visible.unobserve(old); old.replaceWith(item); } else list.insertBefore(item, itemAfter(message.number));
  shown.set(message.number, { message, item });
  visible.observe(item);
}

// Messages of another person can be older than those on the page.
function itemAfter(number) {
  let next = null;
  for (let item = list.lastElementChild; item && Number(item.dataset.number) > number; item = item.previousElementSibling) next = item;
  return next;
}

export const authorName = (message) => chat.people.get(message.author)?.name ?? chat.state.bot.name;

function renderMessage(message) {
  const isMine = message.author === me();
  const notice = element("p", { class: "notice", role: "status" });
  const bubble = element("div", { class: "bubble" }, quote(message), content(message), body(message, notice), notice);
  const edited = message.edited && !message.deleted ? element("span", { class: "edited" }, "Edited") : null;
  const head = element("p", { class: "head" }, element("b", {}, authorName(message)), element("time", { dateTime: message.at }, time(message.at)), edited);
  const only = message.private ? element("p", { class: "only-you" }, "Only you can see this message") : null;
  const main = element("div", { class: "main" }, head, only, bubble);
  return element("li", {
    id: `message-${message.number}`,
    class: isMine ? "mine" : message.author ? "other" : "bot",
    data: { number: message.number },
  }, isMine ? null : avatar(message), main, message.deleted ? null : menu(message));
}

function avatar(message) {
  const initials = authorName(message).split(" ").map((word) => word[0]).slice(0, 2).join("");
  return element("span", { class: "avatar", "aria-hidden": "true" }, initials);
}

function quote(message) {
  const original = message.replyTo === null ? null : messageOf(message.replyTo);
  if (!original || !message.author && chat.state.kind !== "channel") return null;
  const start = summary(original);
  return element("blockquote", {}, element("b", {}, authorName(original)), element("span", {}, start));
}

export function summary(message) {
  const text = message.text || (message.card ? cardTitle(message.card) : "");
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function cardTitle(card) {
  const texts = [];
  const walk = (part) => {
    if (Array.isArray(part)) part.forEach(walk);
    else if (part && typeof part === "object") {
      if (part.type === "TextBlock") texts.push(String(part.text));
      ["body", "items", "columns"].forEach((name) => walk(part[name]));
    }
  };
  walk(card);
  return texts.slice(0, 3).join(" · ");
}

function content(message) {
  if (message.deleted) return element("p", { class: "text deleted" }, "This message was deleted.");
  if (!message.text) return null;
  const mention = `@${chat.state.bot.name}`;
  const parts = message.text.split(mention).flatMap((part, at) => (at ? [element("b", { class: "at" }, chat.state.bot.name), linked(part)] : [linked(part)]));
  return element("p", { class: "text" }, ...parts);
}

function body(message, notice) {
  if (!message.card) return null;
  const onAction = (action) => press(message, action, notice);
  return renderCard(viewOf(message)?.card ?? message.card, onAction, message.number);
}

async function press(message, action, notice) {
  const frame = notice.closest("li");
  frame.setAttribute("aria-busy", "true");
  notice.textContent = "";
  try {
    const result = isExecute(action)
      ? await execute(executeData(action), message.number, "manual")
      : await submit(action, message.number);
    if (result?.card) replaceCard(message, result.card);
    notice.textContent = result?.notice ?? "";
    notice.dataset.kind = result?.failed ? "bad" : "";
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    notice.textContent = error.message;
    notice.dataset.kind = "bad";
  } finally {
    frame.removeAttribute("aria-busy");
  }
}

function replaceCard(message, card) {
  // The bot may have changed the message meanwhile; that card then is newer than the answer.
  const current = messageOf(message.number);
  if (current?.version !== message.version) return;
  setView(current, card);
  draw(current);
}

function menu(message) {
  const items = element("div", { class: "menu-items", role: "menu" });
  const details = element("details", { class: "menu", on: { toggle: fill } }, element("summary", { "aria-label": "More options" }, "⋯"), items);
  function fill() {
    const all = [...menuItems(message), ...(canRefresh(message) ? [["Refresh card", () => refreshMessage(message, { isManual: true })]] : [])];
    const choose = (action) => () => { details.open = false; action(message); };
    if (!details.open) return;
    items.replaceChildren(...all.map(([title, action]) => button(title, choose(action), { role: "menuitem" })));
    items.scrollIntoView({ block: "nearest" });
  }
  return details;
}

document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.menu[open]")) if (!open.contains(event.target)) open.open = false;
});
list.addEventListener("keydown", (event) => {
  const open = event.target.closest("details.menu[open]");
  if (event.key === "Escape" && open) { open.open = false; open.querySelector("summary").focus(); }
});
