// Texts of the page, in the language in which the server rendered it.

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;
const WITHOUT_SPACES = new Set(["ja"]);
const { lang: language, dir } = document.documentElement;
const found = document.querySelector("#texts").content;

// The server writes numbers with these digits in all languages.
export const formats = `${language}-u-nu-latn`;
const numbers = new Intl.NumberFormat(formats);
const categories = new Intl.PluralRules(language);

const pattern = (name) => found.querySelector(`[data-name="${name}"]`).textContent;

export const text = (name, values = {}) => filled(pattern(name), values);

// Returns the form of the text for this count, which is also the value of `{count}`.
export function plural(name, count, values = {}) {
  const forms = [...found.querySelectorAll(`[data-name="${name}"]`)], category = categories.select(count);
  const form = forms.find((each) => each.dataset.plural === category) ?? forms.at(-1);
  return filled(form.textContent, { count, ...values });
}

// Returns the parts of the text, with an element in the place of its only placeholder.
export function textAround(name, element) {
  const [before, after = ""] = pattern(name).split(/\{\w+\}/);
  return [before, element, after];
}

// Returns the sentences in a row, as the language separates them.
export const sentences = (...all) => all.filter(Boolean).join(WITHOUT_SPACES.has(language) ? "" : " ");

export const number = (value) => numbers.format(value);

const filled = (message, values) => message.replace(/\{(\w+)\}/g, (whole, key) => (values[key] == null ? whole : shown(values[key])));
const shown = (value) => (typeof value === "number" ? number(value) : isolated(String(value)));

// A name in another direction must not reorder the sentence around it.
const isolated = (words) => (dir === "rtl" || RIGHT_TO_LEFT.test(words) ? `\u2068${words}\u2069` : words);

const clock = new Intl.DateTimeFormat(formats, { hour: "numeric", minute: "2-digit" });
const day = new Intl.DateTimeFormat(formats, { day: "numeric", month: "short", hour: "numeric", minute: "2-digit" });
const year = new Intl.DateTimeFormat(formats, { dateStyle: "medium", timeStyle: "short" });
const full = new Intl.DateTimeFormat(formats, { dateStyle: "full", timeStyle: "short" });

// Returns the time as people say it: without the day today, and with the year in other years.
export function shortTime(date) {
  const now = new Date();
  if (date.toDateString() === now.toDateString()) return clock.format(date);
  return (date.getFullYear() === now.getFullYear() ? day : year).format(date);
}

export const fullTime = (date) => full.format(date);
