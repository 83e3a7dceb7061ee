// Cards that only one person sees: answers to buttons, and automatic refreshes.

import { chat, language, me, myAccount } from "./api.js";
import { execute } from "./cards.js";

const REFRESH_AFTER_MS = 60_000;
const MAX_PEOPLE = 60;

const views = new Map();
const key = (message) => `${me()} ${language()} ${message.number}`;

export function viewOf(message) {
  const view = views.get(key(message));
  return view?.version === message.version ? view : null;
}

export function setView(message, card) {
  views.set(key(message), { version: message.version, card, at: Date.now() });
}

// Returns the action that refreshes the card for this person by itself, or null.
function refreshAction(message) {
  const card = viewOf(message)?.card ?? message.card;
  const { action, userIds } = card?.refresh ?? {};
  const isForMe = userIds ? userIds.includes(myAccount()) : chat.state.members.length <= MAX_PEOPLE;
  return action?.type === "Action.Execute" && isForMe ? action : null;
}

export const canRefresh = (message) => Boolean((viewOf(message)?.card ?? message.card)?.refresh?.action);

// Requests the card for this person when it becomes visible. Returns true if it was replaced.
export async function refresh(message, { isManual = false } = {}) {
  const view = viewOf(message);
  const isFresh = view && Date.now() - view.at < REFRESH_AFTER_MS;
  const action = isManual ? (view?.card ?? message.card)?.refresh?.action : refreshAction(message);
  if (!action || (isFresh && !isManual)) return false;
  const person = me();
  setView(message, view?.card ?? message.card);
  const { type, id = "", verb, data = {} } = action;
  const result = await execute({ type, id, verb, data }, message.number, isManual ? "manual" : "automatic").catch(() => ({}));
  if (!result.card || person !== me()) return false;
  setView(message, result.card);
  return true;
}
