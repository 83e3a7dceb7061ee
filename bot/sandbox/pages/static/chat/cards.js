// Carries out the actions of cards as Teams does.

import { isExecute, otherInputs, renderCard as render } from "../../shared/cards/card.js";
import { invoke, language } from "./api.js";

export { isExecute };

const CARD = /card\.adaptive$|adaptive\.card$/;
const MESSAGE = "application/vnd.microsoft.activity.message";
const TEXTS = { unreadable: "This card cannot be shown.", noResults: "No results", searchFailed: "Unable to load results", remove: "Remove {name}" };
const NO_ANSWER = "Something went wrong. Try again.";

// Returns an element with the card of the message. `onAction` gets each action except links.
export function renderCard(payload, onAction, message) {
  const onSearch = (input, text) => search(input, text, message);
  // Teams writes the times of a card in the language of the client.
  return render(payload, { onAction, onSearch, texts: TEXTS, formats: `${language()}-u-nu-latn` });
}

async function search(input, text, message) {
  const data = otherInputs(input);
  const answer = await invoke("application/search", {
    kind: "search", queryText: text, queryOptions: { skip: 0, top: 15 }, dataset: input.query.dataset,
    ...(Object.keys(data).length ? { data } : {}),
  }, message);
  return answer.value?.results ?? [];
}

// Presses an Action.Execute; returns the new card for this person, or a text to show below the card.
export async function execute(action, message, trigger) {
  const answer = await invoke("adaptiveCard/action", { action, trigger }, message);
  if (CARD.test(answer.type)) return { card: answer.value };
  if (answer.type === MESSAGE) return { notice: String(answer.value) };
  return { notice: answer.value?.message ?? NO_ANSWER, failed: true };
}

export const executeData = (action) => ({
  type: "Action.Execute", id: action.id ?? "", verb: action.verb, data: action.data ?? {},
});
