// The lists of record types: their settings, and the default rules of those that are on.

import { element } from "../cards/dom.js";
import { text } from "../texts.js";
import { RULES } from "./forms.js";

const types = document.querySelector("#record-types .types"), defaults = document.querySelector("#notifications .types");
const add = document.querySelector("#add-record-type"), empty = document.querySelector("#notifications .empty");
let count = 0;

// Shows both lists. A refresh keeps the focus.
export function showLists({ recordTypes }, forms) {
  update(types, recordTypes.map((each) => typeRow(each, forms)));
  update(defaults, recordTypes.filter((each) => each.isEnabled).map((each) => defaultsRow(each, forms)));
  empty.hidden = defaults.childElementCount > 0;
  add.onclick = forms.addRecordType;
}

function update(list, rows) {
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  list.replaceChildren(...rows);
  if (focused) [...list.querySelectorAll("button")].find((each) => each.dataset.key === focused)?.focus({ preventScroll: true });
}

function typeRow({ table, label, isEnabled, summary }, forms) {
  const name = heading(label);
  const state = element("p", { class: isEnabled ? "state-on" : "state-off" }, isEnabled ? summary : text("off"));
  const change = button(text("changeType"), name, `type ${table}`, () => forms.openRecordType(table, label));
  return element("li", { class: "type" }, element("div", { class: "main" }, name, state), element("div", { class: "actions" }, change));
}

function defaultsRow({ table, label, defaults: rules }, forms) {
  const name = heading(label);
  const facts = element("dl", {}, ...rules.map(([title, value]) => element("div", {}, element("dt", {}, title), element("dd", { dir: "auto" }, value))));
  const buttons = [
    button(text("otherRules"), name, `defaults ${table}`, () => forms.openDefaults(table, label)),
    ...RULES.map(({ kind, title }) => button(title, name, `${kind} ${table}`, () => forms.openRule(table, label, kind))),
  ];
  return element("li", { class: "type" }, element("div", { class: "main" }, name, facts), element("div", { class: "actions" }, ...buttons));
}

const heading = (label) => element("h3", { id: `type-${(count += 1)}`, dir: "auto" }, label);

// A button is named by its title and by its record type.
function button(title, name, key, onclick) {
  const made = element("button", { type: "button", id: `${name.id}-${key.split(" ")[0]}`, data: { key }, on: { click: onclick } }, title);
  made.setAttribute("aria-labelledby", `${made.id} ${name.id}`);
  return made;
}
