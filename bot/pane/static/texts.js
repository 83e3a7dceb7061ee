// Texts of the page, in the language in which the server rendered it.

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;
const found = document.querySelector("#texts").content;

export function text(name, values = {}) {
  const pattern = found.querySelector(`[data-name="${name}"]`).textContent;
  return pattern.replace(/\{(\w+)\}/g, (whole, key) => (values[key] == null ? whole : isolated(String(values[key]))));
}

// A name in another direction must not reorder the sentence around it.
const isolated = (words) => (RIGHT_TO_LEFT.test(words) ? `\u2068${words}\u2069` : words);

const language = document.documentElement.lang;
const clock = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" });
const day = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", hour: "numeric", minute: "2-digit" });
const year = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const full = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "short" });

// Returns the time as people say it: without the day today, and with the year in other years.
export function shortTime(date) {
  const now = new Date();
  if (date.toDateString() === now.toDateString()) return clock.format(date);
  return (date.getFullYear() === now.getFullYear() ? day : year).format(date);
}

export const fullTime = (date) => full.format(date);
