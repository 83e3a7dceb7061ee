// Requests to the server. The token of the session is only in this variable: a reload signs in again.

const { host, path } = document.body.dataset;
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
    response = await fetch(`${path}/${name}`, { method, headers, body: content, cache: "no-store", credentials: "omit" });
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
  const headers = { "X-Chat-Sync-Host": host, "X-Chat-Sync-Photo": signature, Authorization: `Bearer ${token}` };
  const response = await fetch(`${path}/photo/${person}`, { headers, cache: "no-store", credentials: "omit" });
  if (!response.ok) throw new Failure(FAILED);
  return await response.blob();
}

export async function signIn(proof) {
  token = "";
  token = (await send("session", proof)).session;
}

export async function signOut() {
  if (token) await send("session", null, "DELETE").catch(() => {});
  token = "";
}

export const loadView = (query) => send("view", query);
export const isOutdated = async (watch) => (await send("poll", watch)).outdated === true;
export const act = (name, body) => send(name, body);
