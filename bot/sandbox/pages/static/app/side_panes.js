// Side panes beside the page, with the behavior of `Xrm.App.sidePanes` ("Creating side panes by using client API").

const MIN_WIDTH = 300;
const DEFAULT_WIDTH = 340;
const COLLAPSED = 0;
const EXPANDED = 1;

const area = document.querySelector("#side-panes");
const rail = area.querySelector(".rail");
const panes = new Map();
let selected = null;

function element(tag, properties = {}) {
  return Object.assign(document.createElement(tag), properties);
}

function render() {
  area.hidden = panes.size === 0;
  const width = selected ? Math.max(selected.width, MIN_WIDTH) : 0;
  document.documentElement.style.setProperty("--pane-width", `${width}px`);
  document.documentElement.classList.toggle("has-panes", panes.size > 0);
  for (const pane of panes.values()) pane.render(pane === selected);
}

class Pane {
  constructor(options) {
    this.options = options;
    this.width = options.width ?? DEFAULT_WIDTH;
    this.section = element("section", { className: "side-pane" });
    this.section.setAttribute("aria-label", options.title ?? options.paneId);
    this.header = element("header");
    this.header.append(element("h2", { textContent: options.title ?? "" }), ...this.#buttons());
    this.header.hidden = options.hideHeader ?? false;
    this.tab = element("button", { type: "button", title: options.title ?? options.paneId });
    this.tab.append(element("img", { src: this.#iconPath(), alt: options.title ?? options.paneId }));
    this.tab.addEventListener("click", () => (selected === this ? collapse() : this.select()));
    this.section.append(this.header);
    area.prepend(this.section);
    rail.append(this.tab);
  }

  get paneId() { return this.options.paneId; }
  get title() { return this.options.title; }

  #iconPath() {
    const { imageSrc } = this.options;
    return imageSrc ? area.dataset.root + imageSrc : "data:,";
  }

  #buttons() {
    const button = (label, text, act) => {
      const made = element("button", { type: "button", className: "quiet", textContent: text });
      made.setAttribute("aria-label", label);
      made.addEventListener("click", act);
      return made;
    };
    const close = this.options.canClose === false ? [] : [button("Close pane", "✕", () => this.close())];
    return [button("Collapse pane", "⇥", collapse), ...close];
  }

  async navigate(input) {
    if (input.pageType !== "webresource") throw new Error(`The sandbox does not show pages of type ${input.pageType}.`);
    const data = input.data ? `?data=${encodeURIComponent(input.data)}` : "";
    const path = input.webresourceName.split("/").map(encodeURIComponent).join("/");
    const frame = element("iframe", { src: `${area.dataset.resources}${path}${data}`, title: this.title ?? this.paneId });
    this.section.querySelector("iframe")?.remove();
    this.section.append(frame);
    await new Promise((resolve) => { frame.addEventListener("load", resolve, { once: true }); });
  }

  select() {
    selected = this;
    render();
    return this;
  }

  close() {
    panes.delete(this.paneId);
    this.section.remove();
    this.tab.remove();
    if (selected === this) selected = null;
    render();
  }

  render(isSelected) {
    this.section.hidden = !isSelected;
    this.tab.setAttribute("aria-pressed", String(isSelected));
    // Without `alwaysRender`, the page of a pane in the background is unloaded.
    if (!isSelected && !this.options.alwaysRender) this.section.querySelector("iframe")?.remove();
  }
}

function collapse() {
  selected = null;
  render();
}

export const hasPanes = () => panes.size > 0;

export const sidePanes = {
  async createPane(options = {}) {
    const paneId = options.paneId ?? crypto.randomUUID();
    if (panes.has(paneId)) throw new Error(`A pane with the ID ${paneId} exists.`);
    const pane = new Pane({ ...options, paneId });
    panes.set(paneId, pane);
    if (options.isSelected !== false) selected = pane;
    render();
    return pane;
  },
  getPane: (paneId) => panes.get(paneId),
  getAllPanes: () => [...panes.values()],
  getSelectedPane: () => selected ?? undefined,
  get state() { return selected ? EXPANDED : COLLAPSED; },
  set state(value) { value === COLLAPSED ? collapse() : [...panes.values()].at(-1)?.select(); },
};
