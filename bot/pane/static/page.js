// The parts of the page beside the lists: states, the banner, notices, and the dialog.

import { sentences, text } from "./texts.js";

const one = (selector) => document.querySelector(selector);
const state = one("#state"), banner = one("#banner"), notice = one("#notice");
const live = one("#live");

// Tells people who use a screen reader. An equal text is told again.
export function announce(words) {
  live.textContent = live.textContent === words ? `${words}\u00a0` : words;
}

export function setText(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

// Shows the name in its own direction. Long names are cut on the page, so that the pointer shows them whole. A cut line ends
// at the side where lines of the page end.
export function setName(element, name) {
  if (element.textContent === name && element.title === name) return;
  const words = document.createElement("bdi");
  words.textContent = name;
  element.replaceChildren(words);
  element.title = name;
}

// Shows the text, or hides the element if there is none.
export function showText(element, words) {
  setText(element, words);
  element.hidden = !words;
}

// Shows only one of: a state, the people of the sandbox, the content.
function showOnly(shown) {
  for (const each of [state, one("#people"), one("#content")]) if (each) each.hidden = each !== shown;
  if (shown !== one("#content")) one("#record").hidden = true;
}

export function showState({ title, next = "", action = "", onAction = null, focus = false }) {
  showOnly(state);
  const [heading, line, button] = state.children;
  setText(heading, title);
  setText(line, next);
  button.hidden = !action;
  button.textContent = action;
  button.onclick = onAction;
  if (focus) heading.focus();
  if (title !== text("loading")) announce(sentences(title, next));
}

export function showPeople() {
  showOnly(one("#people"));
}

export function showContent() {
  showOnly(one("#content"));
}

// Shows why the content is not up to date.
export function showBanner(words, onRetry) {
  setText(banner.firstElementChild, words);
  banner.lastElementChild.onclick = onRetry;
  if (banner.hidden) announce(words);
  banner.hidden = false;
}

export function hideBanner() {
  banner.hidden = true;
}

// Shows the result of an act. `undo` takes it back.
export function showNotice(words, { undo = null, isProblem = false } = {}) {
  const [line, undoButton] = notice.children;
  line.textContent = words;
  notice.dataset.kind = isProblem ? "problem" : "result";
  undoButton.hidden = !undo;
  undoButton.onclick = undo;
  notice.hidden = false;
  announce(words);
  return undo ? undoButton : line;
}

export function hideNotice() {
  notice.hidden = true;
}

notice.querySelector(".dismiss").onclick = hideNotice;

// Asks a question; returns the chosen value, or null. The focus returns to the button that asked. Each question has its
// own element: browsers report later that one was closed, when the next one may be open.
export function ask(question, next, choices) {
  const dialog = one("#dialog").content.firstElementChild.cloneNode(true);
  const [line, more, buttons] = dialog.children;
  line.textContent = question;
  more.textContent = next;
  document.body.append(dialog);
  return new Promise((resolve) => {
    let chosen = null;
    for (const { title, value, primary } of choices) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = title;
      if (primary) button.className = "primary";
      button.onclick = () => { chosen = value; dialog.close(); };
      buttons.append(button);
    }
    dialog.onclose = () => { dialog.remove(); resolve(chosen); };
    dialog.showModal();
  });
}
