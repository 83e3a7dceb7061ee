// The history of the settings: who changed what, when, from which value, to which one.

import { act } from "../api.js";
import { element } from "../cards/dom.js";
import { announce } from "../page.js";
import { plural, text } from "../texts.js";
import { changesTable } from "./changes.js";

const one = (selector) => document.querySelector(selector);
const rows = one("#history-rows"), empty = one("#history-empty"), title = one("#history-title");
const words = one("#history-words"), table = one("#history-table"), filter = one("#history-filter");
const older = one("#history-older"), newest = one("#history-newest");
const COLUMNS = ["when", "who", "setting", "from", "to"];

// The first options are for all settings, and for those of the whole environment.
function removeTables() {
  for (const each of [...table.options].slice(2)) each.remove();
}

export function makeHistory({ current, onFailure }) {
  let loads = 0;

  // Loads a page. `begin`: where it begins; without it, at the newest change.
  async function load(begin = null, { moved = false } = {}) {
    const mine = (loads += 1);
    rows.setAttribute("aria-busy", "true");
    try {
      const query = { environment: current().environment, words: words.value.trim(), table: table.value, ...begin };
      const found = await act("settings/history", query);
      if (mine === loads) show(found, begin, moved);
    } catch (failure) {
      if (mine === loads) onFailure(failure, () => load(begin, { moved }));
    } finally {
      if (mine === loads) rows.removeAttribute("aria-busy");
    }
  }

  function show(found, begin, moved) {
    rows.replaceChildren(...(found.rows.length ? [changesTable(found.rows, COLUMNS, text("historyCaption"))] : []));
    empty.hidden = found.rows.length > 0;
    const isFiltered = Boolean(words.value.trim() || table.value);
    empty.textContent = text(found.older ? "searchOlder" : isFiltered || begin ? "noChangeFound" : "nobodyChanged");
    newest.hidden = !begin;
    older.hidden = !found.older;
    older.onclick = () => load(found.older, { moved: true });
    announce(found.rows.length ? plural("rowsShown", found.rows.length) : empty.textContent);
    if (moved) title.focus();
  }

  filter.onsubmit = (event) => {
    event.preventDefault();
    load();
  };
  table.onchange = () => load();
  newest.onclick = () => load(null, { moved: true });
  return {
    load: () => load(),
    showTables(recordTypes) {
      const chosen = table.value;
      removeTables();
      table.append(...recordTypes.map(({ table: name, label }) => element("option", { value: name }, label)));
      table.value = [...table.options].some((each) => each.value === chosen) ? chosen : "";
    },
    forget() {
      loads += 1;
      rows.removeAttribute("aria-busy");
      words.value = "";
      rows.replaceChildren();
      removeTables();
      table.value = "";
      older.hidden = newest.hidden = empty.hidden = true;
    },
  };
}
