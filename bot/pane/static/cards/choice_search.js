// A choice set that searches while a person types ("Typeahead search in Adaptive Cards").

import { button, element } from "./dom.js";
import { AC } from "./renderer.js";

const WAIT_MS = 250;
const MAX_RESULTS = 15;

let count = 0;

class SearchChoiceSet extends AC.ChoiceSetInput {
  // The library has a search of its own, but only for one choice, and it submits titles in place of values.
  isDynamicTypeahead() { return false; }

  internalParse(source, context) {
    super.internalParse(source, context);
    this.query = source["choices.data"]?.type === "Data.Query" ? source["choices.data"] : null;
    this.chosen = [];
  }

  internalRender() {
    if (!this.query) return super.internalRender();
    const values = this.defaultValue ? this.defaultValue.split(",") : [];
    this.chosen = values.map((value) => this.choices.find((each) => each.value === value) ?? { title: value, value });
    this.list = element("ul", { id: `found-${(count += 1)}`, class: "found", role: "listbox", hidden: true });
    this.tags = element("div", { class: "tags" });
    this.input = element("input", {
      type: "text", class: "ac-input", role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", placeholder: this.placeholder ?? "", autocomplete: "off",
      on: {
        input: () => this.searchSoon(), focus: () => this.searchSoon(), keydown: (event) => this.move(event),
        blur: () => setTimeout(() => this.hide(), 200),
      },
    });
    this.input.setAttribute("aria-controls", this.list.id);
    this.showChosen();
    return element("div", { class: "choice-search" }, this.tags, this.input, this.list);
  }

  // A list from which nothing is chosen says so, also if the card has no words for it.
  createPlaceholderOptionWhenValueDoesNotExist() {
    const option = super.createPlaceholderOptionWhenValueDoesNotExist();
    if (option && !option.text) option.text = this.getRootElement().texts.choose ?? "";
    return option;
  }

  get renderedInputControlElement() { return this.input ?? super.renderedInputControlElement; }

  updateInputControlAriaLabelledBy() {
    if (!this.query) super.updateInputControlAriaLabelledBy();
    else for (const each of [this.input, this.list]) each?.setAttribute("aria-labelledby", this.getAllLabelIds().join(" "));
  }

  searchSoon() {
    clearTimeout(this.timer);
    if (!this.isMultiSelect && this.chosen.length && this.input.value !== this.chosen[0].title) {
      this.chosen = [];
      this.valueChanged();
    }
    this.timer = setTimeout(() => this.search(), WAIT_MS);
  }

  async search() {
    const text = this.isMultiSelect || !this.chosen.length ? this.input.value.trim() : "";
    const number = this.latest = (this.latest ?? 0) + 1;
    const fixed = this.choices.filter((each) => each.title?.toLowerCase().includes(text.toLowerCase()));
    const found = await this.getRootElement().onSearch(this, text).catch(() => null);
    if (number !== this.latest || document.activeElement !== this.input) return;
    const known = new Set(fixed.map((each) => each.value));
    this.show([...fixed, ...(found ?? []).filter((each) => !known.has(each.value))].slice(0, MAX_RESULTS), found === null);
  }

  show(results, hasFailed) {
    const { noResults, searchFailed } = this.getRootElement().texts;
    const options = results.map((each, at) => element("li", {
      id: `${this.list.id}-${at}`, role: "option", "aria-selected": "false",
      on: { mousedown: (event) => { event.preventDefault(); this.choose(each); } },
    }, each.title));
    const none = { class: "none", role: "option", "aria-disabled": "true" };
    const empty = element("li", none, hasFailed ? searchFailed : noResults);
    this.list.replaceChildren(...(options.length ? options : [empty]));
    this.results = results;
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
  }

  move(event) {
    const options = [...this.list.querySelectorAll("[role=option]:not([aria-disabled])")];
    const at = options.findIndex((each) => each.getAttribute("aria-selected") === "true");
    if (event.key === "Escape" && !this.list.hidden) { event.preventDefault(); this.hide(); }
    else if (event.key === "Enter") { event.preventDefault(); if (at >= 0 && !this.list.hidden) this.choose(this.results[at]); }
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      const next = options[(at + step + options.length) % options.length];
      options.forEach((each) => each.setAttribute("aria-selected", String(each === next)));
      next?.scrollIntoView({ block: "nearest" });
      if (next) this.input.setAttribute("aria-activedescendant", next.id);
    }
  }

  choose(choice) {
    const others = this.chosen.filter((each) => each.value !== choice.value);
    this.chosen = this.isMultiSelect ? [...others, choice] : [choice];
    this.input.value = "";
    this.hide();
    this.showChosen();
    this.valueChanged();
  }

  hide() {
    clearTimeout(this.timer);
    this.latest = (this.latest ?? 0) + 1;
    this.list.hidden = true;
    this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-expanded", "false");
  }

  showChosen() {
    if (!this.isMultiSelect) { this.input.value = this.chosen[0]?.title ?? ""; return; }
    const { remove } = this.getRootElement().texts;
    this.tags.replaceChildren(...this.chosen.map((each) => button(`${each.title} ✕`, () => this.remove(each), {
      class: "tag-button", "aria-label": remove.replace("{name}", each.title),
    })));
  }

  remove(choice) {
    this.chosen = this.chosen.filter((each) => each !== choice);
    this.showChosen();
    this.valueChanged();
    this.input.focus();
  }

  get value() { return this.query ? this.chosen.map((each) => each.value).join(",") || undefined : super.value; }
  isSet() { return this.query ? Boolean(this.value) : super.isSet(); }
  isValid() { return this.query ? true : super.isValid(); }
}

AC.GlobalRegistry.elements.register("Input.ChoiceSet", SearchChoiceSet);
