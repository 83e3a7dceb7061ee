// The tab of a group chat: the chat's records, their fields, and the last changes posted about them.

import { element } from "./cards/dom.js";
import { setText } from "./page.js";
import { updateRows } from "./rows.js";
import { fullTime, number, plural, shortTime, textAround } from "./texts.js";

const PAGE_SIZE = 10, AT_MOST = 50;
const tab = document.querySelector("#chat-tab");
const part = (name, within = tab) => within.querySelector(`.${name}`);
const drawn = new WeakMap();
let shown = PAGE_SIZE, count = 0;

// Returns the request for the view of the chat.
export const chatQuery = (chat) => ({ chat, shown });

// Shows the view, or hides and forgets the last one. `onDialog` opens a dialog of the bot about the chat.
export function showChatTab(view, { onMore, onDialog, onDisconnect } = {}) {
  tab.hidden = !view;
  if (!view) return forget();
  const { records, hidden, total, mute, remarks } = view;
  const isEmpty = total === 0;
  setText(part("count"), total ? number(total) : "");
  part("empty").hidden = !isEmpty;
  showLines(part("chat-mute"), mute ? [mute] : []);
  updateRows(part("rows"), records, newRecord, (item, record) => fillRecord(item, record, { onDialog, onDisconnect }));
  showLines(part("hidden-records"), hidden ? [{ text: plural("hidden", hidden) }] : []);
  showLines(part("remarks"), remarks.map((each) => ({ text: each })));
  const connect = part("connect-record"), rules = part("chat-rules"), more = part("more");
  connect.classList.toggle("primary", isEmpty);
  connect.onclick = () => onDialog(connect, { page: "connectChat" });
  rules.hidden = !records.length;
  rules.onclick = () => onDialog(rules, { page: "notifications" });
  more.hidden = total <= records.length + hidden || shown >= AT_MOST;
  more.onclick = () => { shown += PAGE_SIZE; onMore(); };
}

function forget() {
  for (const name of ["count", "chat-mute", "rows", "hidden-records", "remarks"]) part(name).replaceChildren();
}

function newRecord(key) {
  const item = document.querySelector("#chat-record").content.firstElementChild.cloneNode(true);
  item.dataset.key = key;
  const link = part("name", item).firstElementChild;
  link.id = `record-${(count += 1)}`;
  for (const button of part("actions", item).children) {
    button.id = `${link.id}-${button.classList[0]}`;
    button.setAttribute("aria-labelledby", `${button.id} ${link.id}`);
  }
  return item;
}

// Draws the texts again only if they differ, so that a selection in them stays.
function fillRecord(item, row, { onDialog, onDisconnect }) {
  const rules = part("rules", item), disconnect = part("disconnect", item);
  rules.onclick = () => onDialog(rules, { page: "notifications", data: row.data });
  disconnect.onclick = () => onDisconnect({ ...row.data, record: row.record }, disconnect);
  const content = JSON.stringify(row);
  if (drawn.get(item) === content) return;
  drawn.set(item, content);
  const { kind, number, name, url } = row.record, link = part("name", item).firstElementChild;
  setText(part("kind", item), [kind, number].filter(Boolean).join(" · "));
  setText(link, name || number || kind);
  if (url) link.href = url;
  else link.removeAttribute("href");
  part("fields", item).replaceChildren(...row.fields.map(field));
  showLines(part("facts", item), row.facts);
  showLines(part("problems", item), row.problems);
  showLines(part("changes", item), row.changes, change);
  part("no-changes", item).hidden = row.changes.length > 0;
}

const field = ({ label, value }) => element("div", {}, element("dt", { dir: "auto" }, label), element("dd", { dir: "auto" }, value || "–"));

function showLines(list, lines, draw = line) {
  list.replaceChildren(...lines.map((each) => element(list.matches("ul") ? "li" : "p", {}, ...draw(each))));
  list.hidden = !lines.length;
}

const line = ({ text: words, at = null, after = "" }) => [element("span", { dir: "auto" }, words), ...(at ? [" ", time(at), after] : [])];

const change = ({ text: words, at, until }) => [
  time(at), element("span", { dir: "auto" }, words), ...(until ? [element("span", {}, ...textAround("until", time(until)))] : []),
];

function time(at) {
  const date = new Date(at);
  return element("time", { dateTime: at, title: fullTime(date) }, shortTime(date));
}
