// The menu of a row, as in the ARIA Authoring Practices: one stop for the Tab key, arrow keys, Home, End, and Escape.

import { text } from "./texts.js";

// Returns the chat of the row for dialogs about it, or null if there is none whose people can be changed.
export function chatOf({ connection, canDisconnect, ownChat, chat }) {
  if (connection) return canDisconnect ? { connection } : null;
  return ownChat || chat ? { chat: ownChat ?? chat } : null;
}

function itemsOf(row, section, onAct) {
  const { canDisconnect, resumable, url } = row;
  const recordUrl = row.records.find((each) => each?.url)?.url ?? (section === "connected" ? openRecordUrl() : "");
  const isGroup = ["connected", "otherRecords", "myChats"].includes(section);
  return [
    isGroup && chatOf(row) && ["members", (button) => onAct("members", row, button)],
    resumable && ["resume", (button) => onAct("resume", row, button)],
    recordUrl && ["openRecord", () => window.open(recordUrl, "_blank", "noopener,noreferrer")],
    url && ["copyLink", async (button) => onAct("copied", { ...row, isCopied: await copy(url) }, button)],
    canDisconnect && ["disconnect", (button) => onAct("disconnect", row, button)],
  ].filter(Boolean);
}

const openRecordUrl = () => document.querySelector("#record .open-record:not([hidden])")?.href ?? "";

// Pages in frames may copy only if the page around them allows it.
async function copy(words) {
  return navigator.clipboard ? navigator.clipboard.writeText(words).then(() => true, () => false) : false;
}

// Shows the button if the row has something to choose. An open menu stays as it is.
export function fillMenu(item, row, onAct) {
  const section = item.closest("section")?.id ?? "";
  const button = item.querySelector(".more-acts");
  const items = itemsOf(row, section, onAct);
  button.hidden = !items.length;
  button.onclick = () => (isOpen(button) ? close(button) : open(button, items));
  button.onkeydown = (event) => {
    if (!["ArrowDown", "ArrowUp"].includes(event.key)) return;
    event.preventDefault();
    open(button, items, event.key === "ArrowUp");
  };
}

const isOpen = (button) => button.getAttribute("aria-expanded") === "true";

function open(button, items, isLast = false) {
  close(button);
  const menu = document.createElement("ul");
  menu.id = `${button.id}-menu`;
  menu.className = "menu";
  menu.setAttribute("role", "menu");
  menu.setAttribute("aria-labelledby", button.id);
  menu.append(...items.map((each) => newItem(button, each)));
  menu.onkeydown = (event) => move(event, button, menu);
  menu.onfocusout = (event) => { if (event.relatedTarget !== button && !menu.contains(event.relatedTarget)) close(button); };
  button.after(menu);
  button.setAttribute("aria-expanded", "true");
  button.setAttribute("aria-controls", menu.id);
  const found = [...menu.querySelectorAll("[role=menuitem]")];
  found.at(isLast ? -1 : 0).focus();
  menu.scrollIntoView({ block: "nearest" });
}

function newItem(button, [name, run]) {
  const item = document.createElement("li"), act = document.createElement("button");
  item.setAttribute("role", "none");
  act.type = "button";
  act.tabIndex = -1;
  act.setAttribute("role", "menuitem");
  act.textContent = text(name);
  act.onclick = () => { close(button); button.focus(); run(button); };
  item.append(act);
  return item;
}

function move(event, button, menu) {
  const items = [...menu.querySelectorAll("[role=menuitem]")], at = items.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (next !== undefined) items[(next + items.length) % items.length].focus();
  else if (event.key === "Escape") { close(button); button.focus(); }
  else return;
  event.preventDefault();
}

function close(button) {
  button.setAttribute("aria-expanded", "false");
  button.removeAttribute("aria-controls");
  document.getElementById(`${button.id}-menu`)?.remove();
}
