// Rows of people: photo or initials, presence, and the link that starts a chat.

import { setText, showText } from "./page.js";
import { showPhoto } from "./photos.js";

const COLORS = 8;

export function fillPerson(item, person) {
  const part = (name) => item.querySelector(`.${name}`);
  setText(part("who"), person.name);
  part("name").title = person.name;
  part("me").hidden = !person.isSelf;
  showText(part("title"), person.title);
  showText(part("reason"), person.reason);
  const presence = part("presence");
  presence.hidden = person.presence === "UNKNOWN";
  presence.dataset.presence = person.presence;
  setText(presence.lastElementChild, person.presenceText);
  setText(part("initials"), initials(person.name));
  part("avatar").dataset.color = color(person.key);
  showPhoto(part("photo"), person);
  const start = part("start");
  start.hidden = !person.url;
  if (person.url && start.href !== person.url) start.href = person.url;
  if (!person.url) start.removeAttribute("href");
}

// The first letters of the first and the last word. Letters outside of the basic plane stay whole.
function initials(name) {
  const words = name.split(/\s+/).map((word) => [...word].find((letter) => /\p{L}|\p{N}/u.test(letter))).filter(Boolean);
  const shown = words.length > 1 ? [words[0], words.at(-1)] : words;
  return shown.join("").toLocaleUpperCase() || "?";
}

// Returns the same color for a person on every page.
function color(key) {
  return String([...key].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 9973, 7) % COLORS);
}
