// Renders Adaptive Cards with Microsoft's library, and carries out their actions as Teams does.

import { invoke, theme } from "./api.js";
import { AC } from "./choice_search.js";
import { element } from "./dom.js";
import { hostConfig } from "./host_config.js";
import { renderMarkdown } from "./markdown.js";

AC.AdaptiveCard.onProcessMarkdown = renderMarkdown;

const CARD = /card\.adaptive$|adaptive\.card$/;
const MESSAGE = "application/vnd.microsoft.activity.message";
const NO_ANSWER = "Something went wrong. Try again.";

// Returns an element with the card. `onAction` gets each action except those that the library carries out itself.
export function renderCard(payload, onAction, onSearch) {
  const card = new AC.AdaptiveCard();
  card.hostConfig = new AC.HostConfig(hostConfig(theme() === "dark"));
  card.onExecuteAction = onAction;
  card.onSearch = onSearch;
  const frame = element("div", { class: "card" });
  try {
    card.parse(payload);
    card.onAnchorClicked = (_, anchor) => { openUrl(anchor.href); return true; };
    const rendered = card.render();
    if (rendered) frame.append(rendered);
  } catch (error) {
    console.warn("The card cannot be shown.", error);
    frame.append("This card cannot be shown.");
  }
  return frame;
}

export function openUrl(url) {
  if (/^https?:/i.test(url)) window.open(url, "_blank", "noopener");
}

export async function search(input, text, message) {
  const root = input.getRootElement();
  const data = Object.fromEntries(root.getAllInputs().filter((each) => each.value !== undefined).map((each) => [each.id, each.value]));
  const answer = await invoke("application/search", {
    kind: "search", queryText: text, queryOptions: { skip: 0, top: 15 }, dataset: input.query.dataset,
    ...(input.query.associatedInputs === "auto" ? { data } : {}),
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
