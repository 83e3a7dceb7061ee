// The pane: signs the person in, loads the view of the record, and keeps it up to date.

import { act, Failure, isOutdated, loadView, signIn, signOut } from "./api.js";
import { makeFlows } from "./flows.js";
import * as sandbox from "./hosts/sandbox.js";
import { announce, ask, hideBanner, hideNotice, setText, showBanner, showContent, showNotice, showState } from "./page.js";
import { makePolling } from "./polling.js";
import { showSection } from "./rows.js";
import { hideSettingsLink, showSettingsLink } from "./settings_link.js";
import { makeTabs } from "./tabs.js";
import { shortTime, text } from "./texts.js";

const PAGE_SIZE = 50;
const TYPED_MS = 300;
const HOSTS = { sandbox };
const host = HOSTS[document.body.dataset.host];
const main = document.querySelector("#main"), header = document.querySelector("#record");
const input = document.querySelector("#words");

let record = null, tab = "chats", shown = PAGE_SIZE;
let view = null, loadedAt = null, isSignedIn = false, loads = 0;

const polling = makePolling(poll);
const setTabs = makeTabs(document.querySelector("#tabs"), (name) => {
  if (name === tab) return;
  tab = name;
  shown = PAGE_SIZE;
  if (view) load();
});

async function start() {
  polling.stop();
  forget();
  showState({ title: text("loading") });
  try {
    await signIn(await host.proof());
  } catch (failure) {
    return showFailure(failure, start);
  }
  isSignedIn = true;
  showSettingsLink();
  await load({ isFirst: true });
}

// Loads the view. What is shown stays until the answer arrives.
async function load({ isFirst = false, isRefresh = false } = {}) {
  if (!isSignedIn) return;
  if (record && !record.row) {
    forget();
    return showState({ title: text("unsaved"), next: text("unsavedNext") });
  }
  if (isFirst) showState({ title: text("loading") });
  const mine = (loads += 1);
  main.setAttribute("aria-busy", "true");
  try {
    const words = input.value.trim();
    const loaded = await loadView({ record, tab, words, shown });
    if (mine !== loads) return;
    const before = JSON.stringify(view?.sections);
    view = loaded;
    loadedAt = new Date();
    show(words);
    if (!isRefresh) announce(text("loaded"));
    else if (before !== JSON.stringify(view.sections)) announce(text("updated"));
    polling.restart();
  } catch (failure) {
    if (mine === loads) fail(failure);
  } finally {
    if (mine === loads) main.removeAttribute("aria-busy");
  }
}

function show(words) {
  hideBanner();
  showContent();
  header.hidden = !view.record;
  setTabs(Boolean(view.record));
  document.querySelector("#my-title").hidden = Boolean(view.record);
  if (view.record) showRecord(view.record);
  for (const section of document.querySelectorAll("section")) {
    const found = view.sections.find((each) => each.name === section.id);
    if (!found) section.hidden = true;
    else showSection(section, found, { words, onMore: canShowMore(found) ? showMore : null, onAct });
  }
}

const canShowMore = ({ name }) => ["connected", "myChats", "timeline"].includes(name) && shown < 5 * PAGE_SIZE;

function showMore() {
  shown += PAGE_SIZE;
  load();
}

function showRecord({ kind, number, name, url }) {
  const [kindLine, heading, link] = header.children;
  setText(kindLine, [kind, number].filter(Boolean).join(" · "));
  setText(heading, name || number || kind);
  link.hidden = !url;
  if (url && link.href !== url) link.href = url;
}

// Forgets everything that is shown, because the person may not see it any longer.
function forget() {
  view = null;
  loads += 1;
  hideBanner();
  hideNotice();
  for (const each of document.querySelectorAll("section .rows, section .count")) each.replaceChildren();
  for (const each of [...header.children].slice(0, 2)) each.textContent = "";
}

const PASSING = new Set(["offline", "unavailable", "failed"]);

// Keeps what is shown if the failure passes. Otherwise, the person may not see it any longer.
function fail(failure) {
  const retry = () => load({ isFirst: !view });
  if (view && PASSING.has(failure.kind)) {
    const problem = failure.message || text(failure.kind === "offline" ? "offline" : "failed");
    return showBanner(text("asOf", { problem, time: shortTime(loadedAt) }), retry);
  }
  showFailure(failure, retry);
}

function showFailure(failure, retry) {
  if (!(failure instanceof Failure)) throw failure;
  const isOver = failure.kind === "signedOut", isOffline = failure.kind === "offline";
  forget();
  polling.stop();
  if (isOver) isSignedIn = false;
  if (!isSignedIn) hideSettingsLink();
  showState({
    title: failure.message || text(isOffline ? "offline" : "failed"),
    next: isOffline ? text("offlineNext") : failure.nextStep,
    action: text(isOver ? "signIn" : "tryAgain"),
    onAction: isOver ? start : retry,
  });
}

// Returns whether the server answered.
async function poll() {
  if (!view) return true;
  try {
    if (await isOutdated(view.watch)) await load({ isRefresh: true });
    else hideBanner();
    return true;
  } catch (failure) {
    if (failure.kind === "badRequest") await load({ isRefresh: true });
    else fail(failure);
    return false;
  }
}

async function onAct(name, row, button) {
  const question = name === "disconnect" && await ask(
    text("confirmDisconnect", { chat: row.name, record: view.record.number || view.record.name }),
    text("confirmDisconnectNext"),
    [{ title: text("disconnect"), value: true, primary: true }, { title: text("cancel"), value: false }],
  );
  if (name === "disconnect" && !question) return;
  await perform(name, { connection: row.connection ?? "", chat: row.chat ?? "", record }, row, button);
}

async function perform(name, body, row, button) {
  button.disabled = true;
  try {
    const answer = await act(name, body);
    if (answer.isQuestion) return await chooseNote(name, body, row, button, answer.text);
    const undo = name === "disconnect" ? () => takeBack(row) : null;
    const target = showNotice(answer.text, { undo });
    await load({ isRefresh: true });
    if (!button.isConnected || button.hidden) target.focus();
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    if (failure.kind === "signedOut") return showFailure(failure, start);
    const words = `${failure.message || text("failed")} ${failure.nextStep}`.trim();
    showNotice(words, { isProblem: failure.kind !== "inProgress" });
    await load({ isRefresh: true });
  } finally {
    button.disabled = false;
  }
}

async function chooseNote(name, body, row, button, question) {
  const note = await ask(question, text("noteNext"), [
    { title: text("sendNote"), value: "send" },
    { title: text("nameOnly"), value: "none" },
    { title: text("cancel"), value: null },
  ]);
  if (note) await perform(name, { ...body, note }, row, button);
}

function takeBack(row) {
  hideNotice();
  return perform("undo", { connection: row.connection }, row, document.querySelector("#notice .undo"));
}

makeFlows({
  context: () => record,
  onChanged: () => load({ isRefresh: true }),
  onSignedOut: (failure) => showFailure(failure, start),
});

let typed = 0;
input.oninput = () => {
  clearTimeout(typed);
  shown = PAGE_SIZE;
  typed = setTimeout(() => load(), TYPED_MS);
};

host.onChangePerson?.(async () => {
  isSignedIn = false;
  hideSettingsLink();
  polling.stop();
  await signOut();
  await start();
});

host.watchRecord((named) => {
  record = named;
  shown = PAGE_SIZE;
  input.value = "";
  forget();
  load({ isFirst: true });
});

start();
