// Shows the pages of a dialog of the bot in an element, one after another. The renderer is loaded with the first page.

import { act, Failure } from "./api.js";
import { element } from "./cards/dom.js";
import { formats, sentences, text } from "./texts.js";

const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
const LONGEST_NEWS = 400;

let renderer = null;
async function loadRenderer() {
  renderer ??= await import("./cards/card.js").catch(() => { throw new Failure({ kind: "offline", text: "", nextStep: "" }); });
}

// `about`: the chat that the dialog is about, as `{ chat }` or as `{ connection }`, if any. `onPage` gets the title of
// each page, and the name of the requested one. `onDone` gets the text at the end. `onFailure` gets failures that the
// pages cannot show, such as an ended session. `mayPress` returns whether an action is sent.
export function makeDialogPages(frame, { about = {}, onPage = () => {}, onDone, onFailure, mayPress = () => true }) {
  const fields = element("fieldset", { class: "dialog-fields" });
  const scroller = element("div", { class: "dialog-scroller" }, fields);
  const problem = element("p", { class: "dialog-problem", hidden: true });
  const status = element("p", { class: "dialog-status" });
  const live = element("p", { class: "seen-by-readers", role: "status" });
  frame.replaceChildren(scroller, problem, status, live);
  let running = null;

  // Sends one request at a time. What is shown stays, without working inputs, until the answer arrives.
  function ask(name, body, retry) {
    running ??= send(name, body, retry).finally(() => { running = null; });
    return running;
  }

  async function send(name, body, retry) {
    const pressed = fields.contains(document.activeElement) ? document.activeElement : null;
    begin();
    try {
      const [answer] = await Promise.all([act(name, { ...body, ...about, timeZone }), loadRenderer()]);
      show(answer, body.page);
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      if (failure.kind === "signedOut") onFailure(failure);
      else fail(failure, pressed, retry);
    } finally {
      end();
    }
  }

  function begin() {
    problem.hidden = true;
    fields.disabled = true;
    frame.setAttribute("aria-busy", "true");
    status.textContent = live.textContent = text(fields.childElementCount ? "working" : "loading");
  }

  function end() {
    fields.disabled = false;
    frame.removeAttribute("aria-busy");
    status.textContent = "";
  }

  function show({ card, title = "", text: done }, page) {
    if (card) showCard(card, title, page);
    else onDone(done ?? "");
  }

  function showCard(card, title, page) {
    const before = new Set(textsIn(fields).map(wordsOf));
    const had = fields.childElementCount > 0;
    fields.replaceChildren(renderer.renderCard(card, { onAction: press, onSearch: search, texts: cardTexts(), formats }));
    fields.disabled = false;
    onPage(title, { isFirst: !had, page });
    const news = textsIn(fields).filter((each) => !before.has(wordsOf(each)));
    live.textContent = (had ? [title, ...news.map(wordsOf)] : [title]).join(". ").slice(0, LONGEST_NEWS);
    // A question or a mistake may be above what the person sees.
    if (had) news[0]?.scrollIntoView({ block: "nearest" });
  }

  function fail(failure, pressed, retry) {
    const words = sentences(failure.message || text(failure.kind === "offline" ? "offline" : "failed"), failure.nextStep);
    problem.replaceChildren(words);
    problem.hidden = false;
    live.textContent = words;
    fields.disabled = false;
    // The problem follows the pressed button. Without a page, the button to try again follows the problem.
    const isEmpty = !fields.childElementCount;
    if (isEmpty) fields.append(element("button", { type: "button", on: { click: retry } }, text("tryAgain")));
    scroller[isEmpty ? "before" : "after"](problem);
    (pressed?.isConnected ? pressed : fields.querySelector("button"))?.focus();
    problem.scrollIntoView({ block: "nearest" });
  }

  async function press(action) {
    if (!(await mayPress(action))) return;
    const { dialog, verb: _verb, msteams: _msteams, ...data } = action.data ?? {};
    if (renderer.isExecute(action)) ask("button", { verb: action.verb, data });
    else if (typeof dialog === "string") ask("dialog", { page: dialog, data });
  }

  async function search(input, typed) {
    const { choices } = await act("search", {
      dataset: input.query.dataset, text: typed, data: renderer.otherInputs(input), ...about, timeZone,
    });
    return choices;
  }

  return {
    // Opens a page. `record`: the record that the host named, if any.
    async open({ page, data = {}, record = null }) {
      const retry = () => { fields.replaceChildren(); return this.open({ page, data, record }); };
      await ask("dialog", { page, data, record: record ?? undefined }, retry);
    },
    // Waits for the running request, whose result counts even if nobody sees it.
    settled: () => running ?? Promise.resolve(),
  };
}

const cardTexts = () => ({
  unreadable: text("failed"), noResults: text("noResults"), searchFailed: text("searchFailed"), remove: text("removeChoice"),
  choose: text("choose"),
});

const wordsOf = (each) => each.textContent.trim();
const textsIn = (fields) => [...fields.querySelectorAll(".ac-textBlock")].filter(wordsOf);
