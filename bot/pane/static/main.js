// The pane: signs the person in, loads the view of the record, and keeps it up to date.

import { makeActs } from "./acts.js";
import { Failure, isOutdated, loadChat, loadView, renewWith, signIn, signOut } from "./api.js";
import { chatQuery, showChatTab } from "./chat_tab.js";
import { closeDialogs } from "./dialogs.js";
import { makeFlows } from "./flows.js";
import * as dynamics from "./hosts/dynamics.js";
import * as sandbox from "./hosts/sandbox.js";
import * as teams from "./hosts/teams.js";
import { announce, hideBanner, hideNotice, setName, setText, showBanner, showContent, showState } from "./page.js";
import { forgetPhotos } from "./photos.js";
import { makePolling } from "./polling.js";
import { showSection } from "./rows.js";
import { hideSettingsLink, showSettingsLink } from "./settings_link.js";
import { makeTabs } from "./tabs.js";
import { shortTime, text } from "./texts.js";

const PAGE_SIZE = 50;
const TYPED_MS = 300;
const HOSTS = { dynamics, sandbox, teams };
const host = HOSTS[document.body.dataset.host];
const main = document.querySelector("#main"), header = document.querySelector("#record");
const input = document.querySelector("#words");

const SUGGESTED_MS = 300_000;
const NOUNS = { channels: "Channel", people: "Person" };

let record = null, chat = null, place = {}, tab = "chats", shown = PAGE_SIZE;
let view = null, loadedAt = null, isSignedIn = false, loads = 0;
// True if the last load failed, so that the next poll repeats it.
let isOverdue = false;
// Suggested contacts take longer than the chats, so they come by themselves, and rarely.
let suggested = null, shownWords = "";

const polling = makePolling(poll);
const setTabs = makeTabs(document.querySelector("#tabs"), (name) => {
  if (name === tab) return;
  tab = name;
  shown = PAGE_SIZE;
  showSearch();
  if (view) load();
});

// Names can be searched on all tabs except the timeline.
function showSearch() {
  const search = document.querySelector("#search");
  search.hidden = isChatTab() || tab === "timeline";
  setText(search.firstElementChild, text(`find${NOUNS[tab] ?? "Chat"}`));
}

// `isAsked`: the person just asked to sign in, so that a window may open at once.
async function start({ isAsked = false } = {}) {
  polling.stop();
  forget();
  forgetPhotos();
  showState({ title: text("loading") });
  try {
    await signIn(await host.proof({ isAsked }));
  } catch (failure) {
    return showFailure(failure, start);
  }
  isSignedIn = true;
  showSettingsLink();
  await load({ isFirst: true });
}

// Loads the view. What is shown stays until the answer arrives.
async function load({ isFirst = false, isRefresh = false, complete = false, renew = false } = {}) {
  if (!isSignedIn) return;
  if (record && !record.row) {
    forget();
    return showState({ title: text("unsaved"), next: text("unsavedNext") });
  }
  if (isFirst) showState({ title: text("loading") });
  const mine = (loads += 1);
  main.setAttribute("aria-busy", "true");
  document.querySelector("#loading-tab").hidden = Boolean(document.querySelector(`#panel-${tab} > section:not([hidden])`));
  try {
    const words = tab === "timeline" ? "" : input.value.trim();
    const query = { record, tab, words, shown, complete, renew, ...place };
    const loaded = await (isChatTab() ? loadChat(chatQuery(chat)) : loadView(query));
    if (mine !== loads) return;
    const before = told(view);
    view = loaded;
    loadedAt = new Date();
    isOverdue = false;
    show(words);
    host.onShown?.();
    if (!isRefresh) announce(text("loaded"));
    else if (before !== told(view)) announce(text("updated"));
    polling.restart();
    if (view.isPartial) load({ isRefresh: true, complete: true });
    else if (record && tab === "chats") loadSuggested();
  } catch (failure) {
    if (mine === loads) fail(failure);
  } finally {
    if (mine === loads) showIdle();
  }
}

function showIdle() {
  main.removeAttribute("aria-busy");
  document.querySelector("#loading-tab").hidden = true;
}

// The content as people who use a screen reader hear of it. Who else is here changes often, and is not told.
const told = (each) => JSON.stringify({
  ...each, at: null, watch: null, sections: each?.sections?.filter(({ name }) => name !== "viewers"),
});

// Loads suggested contacts beside the chats, which need not wait for them.
async function loadSuggested() {
  if (suggested && Date.now() - suggested.at < SUGGESTED_MS) return;
  const mine = (suggested = { at: Date.now(), section: suggested?.section ?? null });
  try {
    [mine.section] = (await loadView({ record, tab: "suggested", ...place })).sections;
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    const problem = { text: failure.message || text("failed"), nextStep: failure.nextStep };
    mine.section = { name: "suggested", rows: [], people: [], total: 0, problem };
    mine.at = 0;
  }
  if (mine === suggested && view && tab === "chats") show(shownWords);
}
// The tab of a group chat shows the records of the chat, unless a link into it names a record.
const isChatTab = () => Boolean(chat && !record);

function show(words) {
  shownWords = words;
  hideBanner();
  showContent();
  showSearch();
  document.querySelector("#new").hidden = isChatTab();
  if (isChatTab()) return showChat();
  header.hidden = !view.record;
  setTabs(Boolean(view.record));
  document.querySelector("#my-title").hidden = Boolean(view.record);
  if (view.record) showRecord(view.record);
  // Lists of other tabs stay, so that they are there at once when their tab is chosen again.
  for (const section of document.querySelectorAll(`#viewers, #panel-${tab} > section`)) {
    const isSuggested = section.id === "suggested" && !words && view.record;
    const found = isSuggested ? suggested?.section : view.sections.find((each) => each.name === section.id);
    if (!found) section.hidden = true;
    else showSection(section, found, { words, onMore: canShowMore(found) ? showMore : null, onAct });
  }
}

const PAGED = new Set(["connected", "myChats", "otherChats", "channels", "otherChannels", "timeline"]);
const canShowMore = ({ name }) => PAGED.has(name) && shown < 5 * PAGE_SIZE;
function showChat() {
  document.querySelector("#panel-chats").hidden = true;
  showChatTab(view, {
    onMore: () => load(),
    onDialog: (button, dialog) => openFlow(button, { ...dialog, about: { chat } }),
    onDisconnect: (row, button) => onAct("disconnect", row, button),
  });
}

function showMore() {
  shown += PAGE_SIZE;
  load();
}

function showRecord({ kind, number, name, url }) {
  const [kindLine, heading, link] = header.children;
  setText(kindLine, [kind, number].filter(Boolean).join(" · "));
  setName(heading, name || number || kind);
  link.hidden = !url;
  if (url && link.href !== url) link.href = url;
}

// Forgets everything that is shown, because the person may not see it any longer.
function forget() {
  view = null;
  // Loads that are not finished show nothing.
  loads += 1;
  showIdle();
  hideBanner();
  hideNotice();
  suggested = null;
  for (const each of document.querySelectorAll("section")) each.hidden = true;
  showChatTab(null);
  for (const each of document.querySelectorAll("section .rows, section .count")) each.replaceChildren();
  for (const each of [...header.children].slice(0, 2)) each.textContent = each.title = "";
}

const PASSING = new Set(["offline", "unavailable", "failed"]);

// Keeps what is shown if the failure passes. Otherwise, the person may not see it any longer.
function fail(failure) {
  const retry = () => load({ isFirst: !view, renew: true });
  isOverdue = true;
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
  closeDialogs();
  if (isOver) isSignedIn = false;
  if (!isSignedIn) {
    input.value = "";
    hideSettingsLink();
  }
  showState({
    title: failure.message || text(isOffline ? "offline" : "failed"),
    next: isOffline ? text("offlineNext") : failure.nextStep,
    action: failure.action || text(isOver ? "signIn" : "tryAgain"),
    onAction: failure.retry ?? (isOver ? () => start({ isAsked: true }) : retry),
  });
  host.onFailed?.(failure.kind);
  failure.recovery?.then(() => { if (!isSignedIn) start(); }, () => {});
}

// Returns whether the server answered.
async function poll() {
  if (!view) return true;
  try {
    const isOld = isOverdue || await isOutdated(view.watch, isChatTab() ? "chat/poll" : "poll");
    if (isOld) await load({ isRefresh: true });
    else hideBanner();
    return !isOverdue;
  } catch (failure) {
    if (failure.kind === "badRequest") await load({ isRefresh: true });
    else fail(failure);
    return false;
  }
}

const onSignedOut = (failure) => showFailure(failure, start);
const openFlow = makeFlows({ context: () => record, onChanged: () => load({ isRefresh: true }), onSignedOut });
const onAct = makeActs({
  state: () => ({ record, view, isChat: isChatTab() }),
  load,
  onFlow: openFlow,
  onSignedOut,
});

let typed = 0;
input.oninput = () => {
  clearTimeout(typed);
  shown = PAGE_SIZE;
  typed = setTimeout(() => load(), TYPED_MS);
};

async function changePerson() {
  isSignedIn = false;
  hideSettingsLink();
  polling.stop();
  forget();
  showState({ title: text("loading") });
  try {
    await signOut();
  } catch (failure) {
    return showFailure(failure, changePerson);
  }
  input.value = "";
  await start();
}

host.onChangePerson?.(changePerson);

if (host.renewal) renewWith(host.renewal);
// The host also names the chat of the page around this one, or its app and language.
host.watchRecord((named, { chat: around = null, ...visited } = {}) => {
  record = named;
  chat = around;
  place = visited;
  shown = PAGE_SIZE;
  input.value = "";
  forget();
  load({ isFirst: true });
});

start();
