// The sign-in window: asks the page that opened it for the secret, and goes on to Microsoft's sign-in.

import { text } from "./texts.js";

const PATIENCE_MS = 10_000;
const { step, path } = document.body.dataset;
const { lang: language } = document.documentElement;
const [heading, next, close] = document.querySelector("#state").children;

function show(title, more) {
  heading.textContent = title;
  next.textContent = more;
  close.hidden = false;
}

// Sends the secret in the body of a request, never in an address. Returns the address of the sign-in page.
async function begin(secret) {
  const headers = { "Content-Type": "application/json", "X-Chat-Sync-Host": "dynamics", "X-Chat-Sync-Language": language };
  const body = JSON.stringify({ secret });
  const response = await fetch(`${path}/sign-in`, { method: "POST", headers, body, credentials: "same-origin" });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error?.text);
  return new URL(answer.url);
}

async function goOn(opener, secret) {
  try {
    const address = await begin(secret);
    opener.postMessage({ v: 1, kind: "begun" }, location.origin);
    if (address.protocol === "https:") location.replace(address);
  } catch (error) {
    show(error.message || text("failed"), text("failedNext"));
  }
}

// Only a page of this server gets the question, and only the page that opened this window may answer.
function askOpener(opener) {
  const timer = setTimeout(() => show(text("alone"), text("aloneNext")), PATIENCE_MS);
  window.addEventListener("message", function listen({ data, origin, source }) {
    if (origin !== location.origin || source !== opener) return;
    if (data?.v !== 1 || data.kind !== "secret" || typeof data.secret !== "string") return;
    window.removeEventListener("message", listen);
    clearTimeout(timer);
    goOn(opener, data.secret);
  });
  opener.postMessage({ v: 1, kind: "ask" }, location.origin);
}

close.onclick = () => window.close();
if (step === "done") window.close();
else if (step === "begin" && window.opener) askOpener(window.opener);
else if (step === "begin") show(text("alone"), text("aloneNext"));
