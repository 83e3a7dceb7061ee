// Requests to the server. The token of the session is only in this variable: a reload signs in again, except in
// Dynamics 365, where a cookie keeps the session.

const { host, path } = document.body.dataset;
const KEPT = host === "dynamics" ? "same-origin" : "omit";
const FAILED = { kind: "failed", text: "", nextStep: "" };
let token = "";

export class Failure extends Error {
  constructor({ kind, text, nextStep }) {
    super(text);
    this.kind = kind;
    this.nextStep = nextStep;
  }
}

async function send(name, body, method = "POST") {
  const headers = { "Content-Type": "application/json", "X-Chat-Sync-Host": host };
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

// Begins a session. A host without a proof has begun it already.
export async function signIn(proof) {
  if (!proof) return;
  token = "";
  token = (await send("session", proof)).session;
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

export async function signOut() {
  if (token) await send("session", null, "DELETE").catch(() => {});
  token = "";
}

export const loadView = (query) => send("view", query);
export const isOutdated = async (watch) => (await send("poll", watch)).outdated === true;
export const act = (name, body) => send(name, body);
