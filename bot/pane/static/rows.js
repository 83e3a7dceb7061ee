// Lists of chats, channels, and people. A refresh changes only what differs, so that focus and scroll position stay.

import { setName, setText, showText } from "./page.js";
import { fillPerson } from "./people.js";
import { fillMenu } from "./row_menu.js";
import { fullTime, number, plural, sentences, shortTime, text } from "./texts.js";

const template = (id) => document.querySelector(`#${id}`).content.firstElementChild.cloneNode(true);
let count = 0;

// Shows the section: its rows, and what to say about rows that are not there.
export function showSection(element, section, { words, onMore, onAct }) {
  element.hidden = false;
  const part = (name) => element.querySelector(`.${name}`);
  const { total, searched, problem } = section, { noun } = element.dataset;
  const rows = noun === "Person" ? section.people : section.rows;
  setText(part("count"), (problem && !rows.length) || !total ? "" : number(total));
  showText(part("problem"), problem ? problemText(section) : "");
  if (noun === "Person") updateRows(part("rows"), rows, newPerson, fillPerson);
  else updateRows(part("rows"), rows, newChat, (item, row) => fillRow(item, row, onAct));
  part("empty").hidden = Boolean(rows.length || words || problem);
  const none = searched ? plural("noneFoundAmong", searched, { words }) : text(`noneFound${noun}`, { words });
  showText(part("none-found"), !rows.length && words && !problem ? none : "");
  showText(part("hint"), hint(section, rows, words));
  const more = part("more");
  more.hidden = words !== "" || total <= rows.length || !onMore;
  more.onclick = onMore;
}

// Says why rows are missing, or from when they are.
function problemText({ problem, asOf }) {
  const words = sentences(problem.text, problem.nextStep);
  return asOf ? text("asOf", { problem: problem.text, time: shortTime(new Date(asOf)) }) : words;
}

function hint({ total, searched, hint: given }, rows, words) {
  if (given && rows.length) return given;
  if (words && searched && rows.length) return plural("searched", searched);
  return total > rows.length && rows.length ? text("findByName") : "";
}

// Brings the list to these rows. Rows that stay keep their elements.
export function updateRows(list, rows, make, fill) {
  const known = new Map([...list.children].map((each) => [each.dataset.key, each]));
  let at = list.firstElementChild;
  for (const row of rows) {
    let item = known.get(row.key);
    known.delete(row.key);
    if (!item) item = make(row.key);
    if (item === at) at = at.nextElementSibling;
    else list.insertBefore(item, at);
    fill(item, row);
  }
  const lost = [...known.values()].some((each) => each.contains(document.activeElement));
  for (const each of known.values()) each.remove();
  if (lost) list.closest("section").querySelector("h1, h2").focus({ preventScroll: true });
}

const newChat = (key) => newRow(key, "row");
const newPerson = (key) => newRow(key, "person");

function newRow(key, kind) {
  const item = template(kind);
  item.dataset.key = key;
  const name = item.querySelector(".name");
  name.id = `row-${(count += 1)}`;
  for (const control of item.querySelectorAll(".actions > *")) {
    control.id = `${name.id}-${control.classList[0]}`;
    control.setAttribute("aria-labelledby", `${control.id} ${name.id}`);
  }
  return item;
}

function fillRow(item, row, onAct) {
  const part = (name) => item.querySelector(`.${name}`);
  item.dataset.state = row.state;
  setName(part("name"), row.name);
  setText(part("text").lastElementChild, row.text);
  part("text").hidden = !row.text;
  fillFacts(part("facts"), row.facts);
  fillRecords(part("records"), row.records);
  const open = part("open"), [join, connect] = ["join", "connect"].map(part);
  const hadFocus = item.contains(document.activeElement) ? document.activeElement : null;
  open.hidden = !row.url;
  if (row.url && open.href !== row.url) open.href = row.url;
  join.hidden = row.state !== "join";
  connect.hidden = !row.chat;
  fillMenu(item, row, onAct);
  for (const [button, act] of [[join, "join"], [connect, "connect"]]) {
    button.onclick = () => onAct(act, row, button);
  }
  if (hadFocus?.hidden) (open.hidden ? item.closest("section").querySelector("h2") : open).focus();
}

function fillFacts(list, facts) {
  while (list.children.length > facts.length) list.lastElementChild.remove();
  while (list.children.length < facts.length) list.append(template("fact"));
  facts.forEach((fact, at) => {
    const [words, time, after] = list.children[at].children;
    setText(words, fact.text);
    setText(after, fact.after);
    time.hidden = !fact.at;
    if (!fact.at) return;
    const date = new Date(fact.at);
    setText(time, shortTime(date));
    time.dateTime = fact.at;
    time.title = fullTime(date);
  });
}

function fillRecords(list, records) {
  list.hidden = !records.length;
  while (list.children.length > records.length) list.lastElementChild.remove();
  while (list.children.length < records.length) list.append(template("record-item"));
  records.forEach((record, at) => {
    const [link, words] = list.children[at].children;
    link.hidden = !record;
    words.hidden = Boolean(record);
    setText(words, record ? "" : text("hiddenRecord"));
    setText(link, record ? [record.number, record.name].filter(Boolean).join(" · ") : "");
    if (record?.url && link.href !== record.url) link.href = record.url;
    if (!record?.url) link.removeAttribute("href");
  });
}
