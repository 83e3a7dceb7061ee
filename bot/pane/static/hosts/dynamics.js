// Dynamics 365: a window of its own signs the person in, and the launcher around this page names the record.

import { Failure, resume, signIn } from "../api.js";
import { showState } from "../page.js";
import { text } from "../texts.js";

export { watchLauncher as watchRecord } from "./launcher.js";

const EVERY_MS = 1500, WITHIN_MS = 300_000, SECRET_BYTES = 32;
const PASSING = new Set(["inProgress", "offline", "unavailable"]);

const { path } = document.body.dataset;
const { lang: language } = document.documentElement;
const signOut = document.querySelector("#sign-out");
let newest = null;

// Signs the person in. There is no further proof for the server.
export async function proof({ isAsked }) {
  signOut.hidden = true;
  if (isAsked || !(await resume())) await signInByWindow(isAsked);
  signOut.hidden = false;
  return null;
}

export function onChangePerson(listener) {
  signOut.onclick = listener;
}

// Opens a window at once only after a click, because browsers block all others.
function signInByWindow(isAsked) {
  return new Promise((resolve, reject) => {
    const open = () => {
      const opened = window.open(`${path}/sign-in?language=${language}`, "_blank", "popup,width=480,height=640");
      if (!opened) return ask("windowBlocked", "windowBlockedNext", "tryAgain", open);
      ask("signingIn", "signingInNext", "openAgain", open);
      newest = opened;
      attempt(opened, open).then((isDone) => { if (isDone) resolve(); }, reject);
    };
    if (isAsked) open();
    else ask("signInFirst", "signInFirstNext", "signInNow", open);
  });
}

function ask(title, next, action, onAction) {
  showState({ title: text(title), next: text(next), action: text(action), onAction });
}

// Follows a window until the person is signed in; returns false for a window that was closed, or that a newer one replaced.
async function attempt(opened, open) {
  const secret = randomSecret();
  if (!(await giveSecret(opened, secret))) {
    if (opened === newest) ask("windowClosed", "windowClosedNext", "signInNow", open);
    return false;
  }
  for (const until = Date.now() + WITHIN_MS; Date.now() < until; await pause()) {
    if (opened !== newest) return false;
    try {
      await signIn({ secret });
      newest = null;
      return true;
    } catch (failure) {
      if (!PASSING.has(failure.kind)) throw failure;
    }
  }
  throw new Failure({ kind: "signedOut", text: text("signInOver"), nextStep: text("signInOverNext") });
}

// Gives the secret to the window that asks for it, once. Returns whether the window went on. After it went on, a browser
// no longer tells whether it is open: Microsoft's pages cut the tie between the two.
function giveSecret(opened, secret) {
  return new Promise((resolve) => {
    let isGiven = false;
    const timer = setInterval(() => { if (opened.closed) end(false); }, EVERY_MS / 3);
    function end(result) {
      clearInterval(timer);
      window.removeEventListener("message", listen);
      resolve(result);
    }
    function listen({ data, origin, source }) {
      if (origin !== location.origin || source !== opened || data?.v !== 1) return;
      if (data.kind === "begun") return end(true);
      if (data.kind !== "ask" || isGiven) return;
      isGiven = true;
      opened.postMessage({ v: 1, kind: "secret", secret }, location.origin);
    }
    window.addEventListener("message", listen);
  });
}

function randomSecret() {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const pause = () => new Promise((resolve) => { setTimeout(resolve, EVERY_MS); });
