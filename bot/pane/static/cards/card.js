// Renders Adaptive Cards with Microsoft's library.

import "./choice_search.js";
import { element } from "./dom.js";
import { HOST_CONFIG } from "./host_config.js";
import { openUrl } from "./links.js";
import "./markdown.js";
import { showMentions } from "./mentions.js";
import { AC } from "./renderer.js";

// Returns an element with the card. `onAction` gets each action except links. `onSearch` returns choices for an input.
// `texts` are those of the page around the card, and `formats` is the language of its times; empty for that of the
// browser.
export function renderCard(payload, { onAction, onSearch, texts, formats = "" }) {
  const card = new AC.AdaptiveCard();
  card.hostConfig = new AC.HostConfig(HOST_CONFIG);
  card.onExecuteAction = (action) => (action instanceof AC.OpenUrlAction ? openUrl(action.url) : onAction(action));
  Object.assign(card, { onSearch, texts });
  const frame = element("div", { class: "card" });
  try {
    card.parse(payload);
    if (formats) card.lang = formats;
    const rendered = card.render();
    if (rendered) showMentions(rendered, payload);
    if (payload.actions?.length) frame.dataset.actions = "";
    if (rendered) frame.append(withoutIds(rendered, card.getAllInputs()));
  } catch (error) {
    console.warn(error);
    frame.append(texts.unreadable);
  }
  return frame;
}

// Names of inputs are no IDs of elements: the page may have elements with the same IDs.
function withoutIds(rendered, inputs) {
  const names = new Set(inputs.map((each) => each.id));
  for (const each of rendered.querySelectorAll("[id]")) if (names.has(each.id)) each.removeAttribute("id");
  return rendered;
}

export const isExecute = (action) => action instanceof AC.ExecuteAction;

// Returns the inputs of the card that an input with search is on, if the search asks for them.
export function otherInputs(input) {
  if (input.query.associatedInputs !== "auto") return {};
  const inputs = input.getRootElement().getAllInputs().filter((each) => each.value !== undefined);
  return Object.fromEntries(inputs.map((each) => [each.id, each.value]));
}
