// Requests to the server. The token of the session is only in this variable: a reload signs in again, except in
// Dynamics 365, where a cookie keeps the session.

import { useLanguage } from "./page_language.js";
import { text } from "./texts.js";

const { host, path } = document.body.dataset;
// Answers come in the language of the page, which is that of the person after the sign-in.
const OWN = { "X-Chat-Sync-Host": host, "X-Chat-Sync-Language": document.documentElement.lang };
const KEPT = host === "dynamics" ? "same-origin" : "omit";
const FAILED = { kind: "failed", text: "", nextStep: "" };
let token = "", renew = null, renewing = null;
// Number of people who have signed out.
let visits = 0;

export class Failure extends Error {
  constructor({ kind, text, nextStep, action = "", retry = null, recovery = null }) {
    super(text);
    this.kind = kind;
    this.nextStep = nextStep;
    this.action = action;
    this.retry = retry;
    // Resolves if the failure ends by itself.
    this.recovery = recovery;
  }
}

// Sends the request. What arrives after the person has signed out never gets to the page: it may be somebody else's by then.
async function send(name, body) {
  const mine = visits;
  const [answer] = await Promise.allSettled([sendOrRenew(name, body)]);
  if (mine !== visits) return new Promise(() => {});
  if (answer.reason) throw answer.reason;
  return answer.value;
}

// Sends the request. If the session has ended and the host proves the person again, a new session takes its place.
async function sendOrRenew(name, body) {
  const used = token;
  try {
    return await sendOnce(name, body);
  } catch (failure) {
    if (failure.kind !== "signedOut" || !renew || !used) throw failure;
    if (used === token) await (renewing ??= renewSession());
    return sendOnce(name, body);
  }
}

const renewSession = () => renew().then((proof) => proof && begin(proof)).finally(() => { renewing = null; });

// Sets the function that proves the person again without a question to them.
export function renewWith(proof) {
  renew = proof;
}

async function sendOnce(name, body, method = "POST") {
  const headers = { ...OWN, "Content-Type": "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  let response;
  try {
    const content = method === "POST" ? JSON.stringify(body) : undefined;
    const credentials = name === "session" ? KEPT : "omit";
    response = await fetch(`${path}/${name}`, { method, headers, body: content, cache: "no-store", credentials });
  } catch {
    throw new Failure({ ...FAILED, kind: "offline" });
  }
  const answer = response.status === 204 ? {} : await response.json().catch(() => ({}));
  // A change that goes on after the answer (202) has a text like an error, but is none.
  if (answer.error) throw new Failure(answer.error);
  if (!response.ok) throw new Failure(FAILED);
  return answer;
}

// Returns the photo that a view showed with this signature. Without a photo, this fails.
export async function loadPhoto(person, signature) {
  const headers = { ...OWN, "X-Chat-Sync-Photo": signature, Authorization: `Bearer ${token}` };
  const response = await fetch(`${path}/photo/${person}`, { headers, cache: "no-store", credentials: "omit" });
  if (!response.ok) throw new Failure(FAILED);
  return await response.blob();
}

// Begins a session, and shows the page in the person's language. A host without a proof has begun it already.
export async function signIn(proof) {
  if (proof) await useLanguage(await begin(proof));
}

// The session before stays until the new one has begun, because other requests may use it meanwhile.
async function begin(proof) {
  const { session, language } = await sendOnce("session", proof);
  token = session;
  return language;
}

// Goes on with the session that a cookie kept over a reload; returns whether there is one.
export async function resume() {
  try {
    await signIn({ resume: true });
    return true;
  } catch (failure) {
    if (failure.kind !== "signedOut") throw failure;
    return false;
  }
}

// Ends the session. If this fails, the person is still signed in, and can try again.
export async function signOut() {
  try {
    if (token) await sendOnce("session", null, "DELETE");
  } catch ({ kind }) {
    throw new Failure({ kind, text: text("stillSignedIn"), nextStep: text("stillSignedInNext") });
  }
  token = "";
  visits += 1;
}

export const loadView = (query) => send("view", query);
export const loadChat = (query) => send("chat", query);
export const isOutdated = async (watch, name) => (await send(name, watch)).outdated === true;
export const act = (name, body) => send(name, body);
