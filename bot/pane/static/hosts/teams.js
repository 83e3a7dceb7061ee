// Microsoft Teams: the tab. Teams proves the person with a token. Everything else that it names is a wish, which the
// server checks: the record of a link into the tab, and the chat.

import { Failure } from "../api.js";
import { openPagesWith } from "../cards/links.js";
import { useLanguage } from "../page_language.js";
import { recordInQuery } from "../record_names.js";
import { text } from "../texts.js";

const TEAMS_ANSWERS_WITHIN_MS = 8_000, TOKEN_COMES_WITHIN_MS = 30_000;
const THEMES = { dark: "dark", contrast: "contrast", glass: "dark" };
const PROBLEMS = [[/cancel/i, "cancelled"], [/resource(disabled|match)/i, "unregistered"], [/consent|grant|interact|denied/i, "consent"]];
const REASONS = { notAllowed: "PermissionError", consent: "PermissionError", cancelled: "PermissionError", notFound: "NotFound", offline: "Offline" };

// The library is there only in this host.
const teams = globalThis.microsoftTeams;
let opening = null, listener = () => {}, isOpen = false, mayAsk = false;

// Returns the proof of the person. Teams asks them for consent only after they chose that.
export async function proof() {
  await opened();
  const request = teams.authentication.getAuthToken({ silent: !mayAsk });
  try {
    const token = await (mayAsk ? request : inTime(request, TOKEN_COMES_WITHIN_MS));
    mayAsk = false;
    return { token };
  } catch (error) {
    mayAsk = true;
    throw problem(PROBLEMS.find(([pattern]) => pattern.test(error.message))?.[1] ?? "noToken");
  }
}

// Proves the person again when the session has ended.
export const renewal = proof;

// Calls the listener with the record and the chat that Teams names, or with null without them.
export function watchRecord(onRecord) {
  listener = onRecord;
}

export function onShown() {
  if (isOpen) teams.app.notifySuccess();
}

export function onFailed(kind) {
  if (isOpen) teams.app.notifyExpectedFailure({ reason: REASONS[kind] ?? "Other" });
}

const problem = (kind, more = {}) => new Failure({
  ...more,
  kind,
  text: text(kind),
  nextStep: text(`${kind}Next`),
  action: text(kind === "consent" || kind === "cancelled" ? "continue" : "tryAgain"),
});

// Waits for Teams. If it answers later, the page goes on by itself. The library can begin only once in a page, so that
// another attempt after its failure needs a new page.
async function opened() {
  opening ??= open();
  try {
    await inTime(opening, TEAMS_ANSWERS_WITHIN_MS);
  } catch {
    throw problem("noHost", { retry: () => location.reload(), recovery: opening });
  }
}

async function open() {
  await teams.app.initialize();
  const context = await teams.app.getContext();
  if (!isLanguageNamed()) await useLanguage(context.app.locale);
  isOpen = true;
  teams.app.notifyAppLoaded();
  showTheme(context.app.theme);
  teams.app.registerOnThemeChangeHandler(showTheme);
  openPagesWith(openPage);
  document.addEventListener("click", openLink);
  if (teams.pages.isSupported()) passFocus();
  listener(recordInQuery(context.page.subPageId ?? ""), { chat: context.chat?.id ?? null });
}

// Returns whether the address names a language. A placeholder that nobody replaced names none.
const isLanguageNamed = () => !(new URLSearchParams(location.search).get("language") ?? "{}").startsWith("{");

function inTime(promise, limit) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error("late")), limit); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function showTheme(theme) {
  document.documentElement.dataset.theme = THEMES[theme] ?? "light";
}

// Opens pages in Teams, which knows chats and records. If it cannot, the browser opens them.
const openPage = (address) => teams.app.openLink(address).catch(() => window.open(address, "_blank", "noopener,noreferrer"));

function openLink(event) {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  openPage(link.href);
}

// At both ends of the tab order, the focus goes to Teams. A dialog keeps it.
function passFocus() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Tab" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    const stops = tabStops();
    if (stops.length && document.activeElement !== stops.at(event.shiftKey ? 0 : -1)) return;
    event.preventDefault();
    teams.pages.returnFocus(!event.shiftKey);
  });
  teams.pages.registerFocusEnterHandler((isForward) => tabStops().at(isForward ? 0 : -1)?.focus());
}

const tabStops = () => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
  .filter((each) => each.tabIndex >= 0 && !each.disabled && each.checkVisibility());
