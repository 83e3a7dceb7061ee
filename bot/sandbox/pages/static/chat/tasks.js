// Dialogs of the bot: pages with cards, and the message at their end.

import { invoke, Refused, theme, write } from "./api.js";
import { execute, executeData, isExecute, renderCard } from "./cards.js";
import { button, element, openDialog } from "./dom.js";

// Submits a button of a card in the chat.
export async function submit(action, message) {
  const data = action.data ?? {};
  const teams = data.msteams ?? {};
  switch (teams.type) {
    case "task/fetch":
      return openTask("task/fetch", { data }, { message, next: "task/submit" });
    case "messageBack":
      return write({ text: teams.displayText ?? "", sent: teams.text ?? "", value: teams.value ?? null, replyTo: message });
    case "imBack":
      return write({ text: teams.value ?? "", sent: teams.value ?? "" });
    case undefined:
      return write({ value: data, replyTo: message });
    default:
      return { notice: "The sandbox does not support this button." };
  }
}

// Opens a dialog with the answer to an invoke. `next`: the invoke that its buttons send. `onResult` gets cards.
export async function openTask(name, value, { message, next, onResult, title = "" }) {
  const task = { message, next, onResult, extra: value, isOpen: true };
  openDialog(title, element("p", { class: "subtle" }, "Loading…"), { onclose: () => { task.isOpen = false; } });
  await advance(task, name, { ...value, context: { theme: theme() } });
}

async function advance(task, name, value) {
  const body = document.querySelector("#dialog .dialog-body");
  body?.setAttribute("aria-busy", "true");
  try {
    const answer = await invoke(name, value, task.message);
    if (task.isOpen) show(task, answer);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (task.isOpen) showText(error.message);
  } finally {
    body?.removeAttribute("aria-busy");
  }
}

function show(task, answer) {
  const { type, value } = answer?.task ?? {};
  const extension = answer?.composeExtension;
  const dialog = document.querySelector("#dialog");
  if (type === "continue" && value?.card?.content) showCard(task, value);
  else if (type === "continue" && value?.url) showText(value.url);
  else if (type === "message") showText(String(value));
  else if (extension?.type === "message") showText(String(extension.text));
  else if (extension?.type === "result" && extension.attachments?.length) { dialog.close(); task.onResult?.(extension.attachments[0]); }
  else dialog.close();
}

function showText(text) {
  const close = openDialog(document.querySelector("#dialog-title")?.textContent ?? "", element("div", {},
    element("p", {}, text),
    button("OK", () => close(), { class: "ok" })));
}

function showCard(task, value) {
  const notice = element("p", { class: "notice", role: "status" });
  const onAction = (action) => press(task, action, notice);
  const card = renderCard(value.card.content, onAction, task.message);
  const width = ["small", "medium", "large"].includes(value.width) ? value.width : "medium";
  const dialog = document.querySelector("#dialog"), before = new Set(lines(dialog).map(({ textContent }) => textContent));
  const isSamePage = dialog.querySelector("#dialog-title")?.textContent === value.title;
  openDialog(value.title ?? "", element("div", {}, card, notice), { width, onclose: () => { task.isOpen = false; } });
  // The dialog keeps its place, but a result or a mistake can be above what the person sees.
  if (isSamePage) lines(dialog).find(({ textContent }) => !before.has(textContent))?.scrollIntoView({ block: "nearest" });
  else dialog.scrollTop = 0;
}

const lines = (dialog) => [...dialog.querySelectorAll(".ac-textBlock")];

async function press(task, action, notice) {
  if (isExecute(action)) {
    const result = await execute(executeData(action), task.message, "manual").catch((error) => ({ notice: error.message }));
    notice.textContent = result.notice ?? "";
    return;
  }
  const { commandId, commandContext } = task.extra;
  const command = commandId ? { commandId, commandContext } : {};
  await advance(task, task.next, { ...command, data: action.data ?? {}, context: { theme: theme() } });
}
