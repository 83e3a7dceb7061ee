// The forms of the page: the pages of the bot's settings dialog, inline in their sections.

import { element } from "../cards/dom.js";
import { makeDialogPages } from "../dialog_pages.js";
import { announce, ask } from "../page.js";
import { sentences, text } from "../texts.js";

const given = document.querySelector("#pages").content;
const PAGES = Object.fromEntries([...given.querySelectorAll("[data-name]")].map((each) => [each.dataset.name, each.value]));

// The kinds of default rules, with their titles.
export const RULES = [...given.querySelectorAll("[data-rule]")].map((each) => ({ kind: each.dataset.rule, title: each.value }));

// `current`: returns the loaded settings. `onSaved` is called after each save, and `onFailure` with failures of pages.
export function makeForms({ current, onSaved, onFailure }) {
  let dirty = false;
  const general = makeForm("general", { onEnd: () => openGeneral({ again: true }) });
  const types = makeForm("record-types", { back: text("backToRecordTypes") });
  const notifications = makeForm("notifications", { back: text("backToNotifications") });
  const all = [general, types, notifications];

  function makeForm(section, { back = "", onEnd = null } = {}) {
    const frame = document.querySelector(`#${section} .form`), list = document.querySelector(`#${section} .list`);
    const heading = element("h3", { tabIndex: -1, dir: "auto" });
    const body = element("div", { class: "form-body" });
    const result = element("div", { class: "result", tabIndex: -1, role: "group", hidden: true });
    const close = element("button", { type: "button", class: "quiet back", on: { click: leave } }, back);
    let opener = null, opened = false;
    (list ?? frame).before(result);
    body.addEventListener("input", () => { dirty = true; });
    body.addEventListener("mousedown", markChoice);
    body.addEventListener("click", markChoice);
    body.addEventListener("keydown", (event) => { if (event.key === "Enter" && isChoice(event.target)) dirty = true; });

    function begin() {
      frame.replaceChildren(...(back ? [close, heading] : []), body);
      frame.hidden = false;
      if (list) list.hidden = true;
      return makeDialogPages(body, { onPage, onDone: end, onFailure, mayPress });
    }

    function open(page, data = {}, title = "") {
      result.hidden = true;
      dirty = false;
      opened = true;
      opener = document.activeElement;
      heading.textContent = title;
      const { environment, version } = current();
      begin().open({ page, data: { environment, version: String(version), ...data } });
      if (back) heading.focus();
    }

    // The overview of the dialog is the end of a form: the page has lists of its own.
    function onPage(title, { isFirst, page }) {
      if (!opened || !current()) return;
      const isEnd = title === current().overviewTitle;
      if (isEnd || isFirst) dirty = false;
      if (!isEnd) {
        if (back && title) heading.textContent = title;
        // The pressed button is gone.
        if (!isFirst) (back ? heading : document.querySelector(`#${section} h2`)).focus();
        return;
      }
      const lines = page === PAGES.overview ? [] : linesOf(body);
      end("");
      if (lines.length) showResult(lines);
      if (page !== PAGES.overview) onSaved();
    }

    function showResult(lines) {
      result.replaceChildren(...lines.map((each) => element("p", {}, each)));
      result.hidden = false;
      result.focus();
      announce(sentences(...lines));
    }

    function end() {
      discard();
      if (list) list.hidden = false;
      if (opener?.isConnected) opener.focus();
      onEnd?.();
    }

    function discard() {
      opened = dirty = false;
      frame.hidden = true;
      frame.replaceChildren();
      if (list) list.hidden = false;
    }

    async function leave() {
      if (await mayDiscard()) end();
    }

    return { open, discard: () => { discard(); result.hidden = true; }, isOpen: () => opened };
  }

  function markChoice(event) {
    if (event.type === "click" ? event.target.closest(".tag-button") : event.target.closest("[role=option]")) dirty = true;
  }

  // Buttons that ignore the inputs lead away from them.
  const mayPress = (action) => action.associatedInputs !== "none" || mayDiscard();

  async function mayDiscard() {
    if (!dirty) return true;
    const leaves = await ask(text("discard"), text("discardNext"), [
      { title: text("stay"), value: false, primary: true }, { title: text("leave"), value: true },
    ]);
    if (leaves) dirty = false;
    return Boolean(leaves);
  }

  function openGeneral({ again = false } = {}) {
    if (again || !general.isOpen()) general.open(PAGES.organization);
  }

  return {
    openGeneral,
    openRecordType: (table, label) => types.open(PAGES.recordType, { table }, label),
    openDefaults: (table, label) => notifications.open(PAGES.recordType, { table }, label),
    openRule: (table, label, kind) => notifications.open(PAGES.rule, { table, kind }, label),
    addRecordType: () => types.open(PAGES.chooseTable, {}, text("addRecordType")),
    isDirty: () => dirty,
    discard: () => { for (const each of all) each.discard(); },
  };
}

const isChoice = (target) => target.matches?.("[role=combobox]");

// The lines of the overview that say what was saved: the texts before the facts, except the name of the environment.
function linesOf(body) {
  return [...body.querySelectorAll(".ac-textBlock:not(.ac-factset *)")].slice(1).map((each) => each.textContent.trim()).filter(Boolean);
}
