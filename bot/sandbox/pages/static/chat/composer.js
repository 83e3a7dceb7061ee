// The box to write in, with what will be sent along: a reply, or a card for a link or a search.

import { chat, invoke, Refused, write } from "./api.js";
import { renderCard } from "./cards.js";
import { addresses, button, element } from "./dom.js";
import { authorName, summary } from "./messages.js";

const form = document.querySelector("#composer");
const text = document.querySelector("#text");
const draft = document.querySelector("#draft");
const hints = element("ul", { class: "hints", hidden: true });
form.before(hints);

let replyTo = null;
let card = null;
let isSending = false;
const asked = new Set();

export function reply(message) {
  replyTo = message;
  show();
  text.focus();
}

// Attaches the card of an attachment, as Teams does with results and links.
export function attach(attachment) {
  card = /card\.adaptive$/.test(attachment.contentType) ? attachment.content : null;
  show();
  text.focus();
}

function show() {
  const preview = card && renderCard(card, () => {});
  if (preview) preview.inert = true;
  draft.replaceChildren(
    ...(replyTo ? [element("div", { class: "draft-part" },
      element("blockquote", {}, element("b", {}, authorName(replyTo)), element("span", {}, summary(replyTo))),
      button("✕", () => { replyTo = null; show(); }, { "aria-label": "Don’t reply" }))] : []),
    ...(preview ? [element("div", { class: "draft-part" }, preview,
      button("✕", () => { card = null; show(); }, { "aria-label": "Remove the card" }))] : []));
}

// Asks the bot for a card for a link to a record, once for each link.
async function unfurl() {
  const link = addresses(text.value).find((each) => isRecordLink(each) && !asked.has(each));
  if (!link || card) return;
  asked.add(link);
  const answer = await invoke("composeExtension/queryLink", { url: link }).catch(() => ({}));
  const [attachment] = answer.composeExtension?.attachments ?? [];
  if (attachment && !card && text.value.includes(link)) attach(attachment);
}

// As in Teams, the app gets only links of the domains in its manifest, which is the sandbox itself here.
function isRecordLink(link) {
  const { hostname, pathname } = new URL(link);
  return ["127.0.0.1", "localhost", "[::1]"].includes(hostname) && pathname.endsWith("/main.aspx");
}

function mention() {
  const name = `@${chat.state.bot.name} `;
  if (!text.value.includes(name.trim())) text.value = name + text.value;
  text.focus();
  suggest();
}

// Suggests the commands of the bot after a mention, or after a slash in the chat with the bot.
function suggest() {
  const name = `@${chat.state.bot.name}`;
  const isAlone = chat.state.kind === "oneOnOne";
  const start = text.value.startsWith(name) ? text.value.slice(name.length).trimStart() : isAlone ? text.value : null;
  const isMatch = (each) => start !== null && each.title.startsWith(start) && each.title !== start;
  const matches = start === "" && isAlone ? [] : chat.app.commands.filter(isMatch);
  const use = (each) => { text.value = `${isAlone ? "" : `${name} `}${each.title} `; hints.hidden = true; text.focus(); };
  hints.hidden = !matches.length;
  hints.replaceChildren(...matches.map((each) => element("li", {}, button("", () => use(each), { class: "hint" }))));
  [...hints.querySelectorAll("button")].forEach((each, at) => {
    each.append(element("b", {}, matches[at].title), element("span", {}, matches[at].description));
  });
}

async function send(event) {
  event?.preventDefault();
  const sent = { text: text.value, card, replyTo: replyTo?.number ?? null };
  if (isSending || (!sent.text.trim() && !card)) return;
  isSending = true;
  const before = { card, replyTo };
  [text.value, card, replyTo, hints.hidden] = ["", null, null, true];
  asked.clear();
  show();
  try {
    const { notice = "" } = await write(sent);
    showNotice(notice);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (!text.value) text.value = sent.text;
    ({ card, replyTo } = before);
    show();
    showNotice(error.message);
  } finally {
    isSending = false;
  }
}

export function showNotice(notice) {
  const banner = document.querySelector("#banner");
  banner.textContent = notice;
  banner.hidden = !notice;
}

// Shows the box to people who can write here.
export function updateComposer(canWrite) {
  form.hidden = !canWrite;
  const isAlone = chat.state.kind === "oneOnOne";
  text.placeholder = isAlone ? "Write a message, such as help" : `Write a message. Begin with @${chat.state.bot.name} to address the app.`;
  document.querySelector("#mention").hidden = isAlone || !chat.state.hasApp;
}

form.addEventListener("submit", send);
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) send(event);
  if (event.key === "Escape") hints.hidden = true;
});
text.addEventListener("input", () => { suggest(); unfurl(); });
document.querySelector("#mention").addEventListener("click", mention);
