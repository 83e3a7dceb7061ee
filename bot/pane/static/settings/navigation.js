// The sections of the page. The address names the section, so that the browser can go back and links can lead to one.

import { ask } from "../page.js";
import { text } from "../texts.js";

const links = [...document.querySelectorAll("nav a")];
const names = links.map((each) => each.hash.slice(1));

// `isDirty`: whether a form has changes. `onLeave`: discards them. `onShow`: gets the name of the section.
export function makeNavigation({ isDirty, onLeave, onShow }) {
  let shown = "";

  async function mayLeave() {
    if (!isDirty()) return true;
    const leaves = await ask(text("discard"), text("discardNext"), [
      { title: text("stay"), value: false, primary: true }, { title: text("leave"), value: true },
    ]);
    if (leaves) onLeave();
    return Boolean(leaves);
  }

  function show(name, { focus = true } = {}) {
    shown = name;
    for (const link of links) {
      if (link.hash === `#${name}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    for (const each of names) document.getElementById(each).hidden = each !== name;
    onShow(name);
    if (focus) document.querySelector(`#${name} h2`).focus();
  }

  async function follow(event) {
    event.preventDefault();
    const name = event.currentTarget.hash.slice(1);
    if (!(await mayLeave())) return;
    if (name !== shown) history.pushState(null, "", `#${name}`);
    onLeave();
    show(name);
  }

  async function goBack() {
    const name = named();
    if (name === shown) return;
    const before = shown;
    if (await mayLeave()) show(name);
    else history.pushState(null, "", `#${before}`);
  }

  const named = () => names.find((each) => `#${each}` === location.hash) ?? names[0];

  for (const link of links) link.onclick = follow;
  window.addEventListener("popstate", goBack);
  window.addEventListener("beforeunload", (event) => { if (isDirty()) event.preventDefault(); });
  return { mayLeave, start: () => show(named(), { focus: false }) };
}
