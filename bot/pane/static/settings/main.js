// The settings page: signs the person in, loads the settings of an environment, and shows one section at a time.

import * as api from "../api.js";
import { announce, hideBanner, hideNotice, setText, showBanner, showContent, showState } from "../page.js";
import { sentences, text } from "../texts.js";
import { makeFiles } from "./files.js";
import { makeForms } from "./forms.js";
import { makeHistory } from "./history.js";
import { makeNavigation } from "./navigation.js";
import { showLists } from "./record_types.js";

const { act, Failure, signIn, signOut } = api;
const host = await import(`../hosts/${document.body.dataset.host}.js`);
const header = document.querySelector("#record"), choice = document.querySelector("#environment");
const PASSING = new Set(["offline", "unavailable", "failed"]);

let settings = null, loads = 0, wanted = new URLSearchParams(location.search).get("environment") ?? "";

const current = () => settings;
const forms = makeForms({ current, onSaved: () => load(), onFailure: (failure) => fail(failure, () => load()) });
const history = makeHistory({ current, onFailure: fail });
const files = makeFiles({ current, onSaved: () => load(), onFailure: fail });
const navigation = makeNavigation({ isDirty: forms.isDirty, onLeave: forms.discard, onShow: showSection });

// `isAsked`: the person just asked to sign in, so that a window may open at once.
async function start({ isAsked = false } = {}) {
  if (!settings) showState({ title: text("loading") });
  try {
    await signIn(await host.proof({ isAsked }));
  } catch (failure) {
    return fail(failure, start);
  }
  await load();
}

const signInAgain = () => start({ isAsked: true });

// Loads the settings. Forms stay as they are, unless another person has signed in.
async function load() {
  const mine = (loads += 1);
  try {
    const loaded = await act("settings/show", { environment: wanted });
    if (mine !== loads) return;
    if (settings && (settings.person !== loaded.person || settings.environment !== loaded.environment)) forget();
    const isFirst = !settings;
    settings = loaded;
    show(isFirst);
  } catch (failure) {
    if (mine === loads) fail(failure, load);
  }
}

function show(isFirst) {
  hideBanner();
  showContent();
  header.hidden = false;
  wanted = settings.environment;
  showEnvironments();
  showLists(settings, forms);
  history.showTables(settings.recordTypes);
  host.onShown?.();
  if (!isFirst) return;
  announce(text("loaded"));
  navigation.start();
}

function showEnvironments() {
  choice.parentElement.hidden = settings.environments.length < 2;
  choice.replaceChildren(...settings.environments.map((each) => new Option(each, each, false, each === settings.environment)));
}

function showSection(name) {
  hideNotice();
  if (name === "general") forms.openGeneral();
  if (name === "history") history.load();
}

// Forgets everything that is shown: the person may not see it any longer, or wants to see something else.
function forget() {
  settings = null;
  // Loads that are not finished show nothing.
  loads += 1;
  forms.discard();
  history.forget();
  files.forget();
  hideBanner();
  hideNotice();
  showLists({ recordTypes: [] }, forms);
  choice.replaceChildren();
}

// Keeps what is shown if the failure passes, or if the session has ended: there may be changes to save.
function fail(failure, retry) {
  if (!(failure instanceof Failure)) throw failure;
  const isOver = failure.kind === "signedOut";
  const words = failure.message || text(failure.kind === "offline" ? "offline" : "failed");
  if (settings && (isOver || PASSING.has(failure.kind))) {
    showBanner(isOver ? text("sessionOver") : sentences(words, failure.nextStep), isOver ? signInAgain : retry);
    setText(document.querySelector("#banner button"), text(isOver ? "signIn" : "tryAgain"));
    return;
  }
  forget();
  header.hidden = true;
  showState({
    title: words,
    next: failure.kind === "offline" ? text("offlineNext") : failure.nextStep,
    action: failure.action || text(isOver ? "signIn" : "tryAgain"),
    onAction: failure.retry ?? (isOver ? signInAgain : retry),
    focus: true,
  });
  host.onFailed?.(failure.kind);
}

choice.onchange = async () => {
  const next = choice.value;
  if (!(await navigation.mayLeave())) {
    choice.value = settings.environment;
    return;
  }
  forget();
  wanted = next;
  await load();
};

async function changePerson() {
  forget();
  wanted = "";
  showState({ title: text("loading") });
  try {
    await signOut();
  } catch (failure) {
    return fail(failure, changePerson);
  }
  await start();
}

host.onChangePerson?.(changePerson);

// In Teams, other links open in other windows.
document.querySelector("#to-chats").onclick = (event) => {
  event.preventDefault();
  location.assign(event.currentTarget.href);
};

if (host.renewal) api.renewWith(host.renewal);
start();
