// Tables of changed settings. On narrow pages, each row is a block, so the roles of a table are given explicitly.

import { element } from "../cards/dom.js";
import { fullTime, shortTime, text } from "../texts.js";

// Returns a table with these columns of the changes. `caption` names it.
export function changesTable(changes, columns, caption, { isCaptionVisible = false } = {}) {
  const heads = columns.map((each) => element("th", { scope: "col", role: "columnheader" }, text(each)));
  return element(
    "table",
    { class: "changes", role: "table" },
    element("caption", { class: isCaptionVisible ? "" : "seen-by-readers" }, caption),
    element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, ...heads)),
    element("tbody", { role: "rowgroup" }, ...changes.map((each) => row(each, columns))),
  );
}

function row(change, columns) {
  return element("tr", { role: "row" }, ...columns.map((each) => element("td", { role: "cell", data: { label: text(each) } }, CELLS[each](change))));
}

const words = (given) => element("span", { dir: "auto" }, given);
const CELLS = {
  when: ({ at }) => time(at),
  who: ({ who }) => words(who),
  setting: ({ where, setting }) => words(where ? `${where} · ${setting}` : setting),
  from: ({ was }) => words(was),
  to: ({ now }) => words(now),
};

function time(at) {
  const date = new Date(at);
  return element("time", { dateTime: at, title: fullTime(date) }, shortTime(date));
}
