// Acts on rows: connect, join, disconnect, undo, and what a row's menu offers.

import { act, Failure } from "./api.js";
import { ask, hideNotice, showNotice } from "./page.js";
import { chatOf } from "./row_menu.js";
import { sentences, text } from "./texts.js";

// `state` returns the record and the view of the page, and whether it is the tab of a chat.
export function makeActs({ state, load, onFlow, onSignedOut }) {
  async function onAct(name, row, button) {
    if (name === "members") return onFlow(button, { page: "members", about: chatOf(row), title: text("members") });
    if (name === "copied") return showNotice(text(row.isCopied ? "copied" : "notCopied"), { isProblem: !row.isCopied });
    const { record, view, isChat } = state();
    const about = view.record ?? row.record;
    const question = name === "disconnect" && await ask(
      text(isChat ? "confirmDisconnectHere" : "confirmDisconnect", { chat: row.name, record: about.number || about.name }),
      text("confirmDisconnectNext"),
      [{ title: text("disconnect"), value: true, primary: true }, { title: text("cancel"), value: false }],
    );
    if (name === "disconnect" && !question) return;
    await perform(name, { connection: (name === "resume" ? row.resumable : row.connection) ?? "", chat: row.chat ?? "", record }, row, button);
  }

  async function perform(name, body, row, button) {
    button.disabled = true;
    try {
      const answer = await act(name, body);
      if (answer.isQuestion) return await chooseNote(name, body, row, button, answer.text);
      const undo = name === "disconnect" ? () => takeBack(row) : null;
      const target = showNotice(answer.text, { undo });
      await load({ isRefresh: true, renew: true });
      if (!button.isConnected || button.hidden) target.focus();
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      if (failure.kind === "signedOut") return onSignedOut(failure);
      const words = sentences(failure.message || text("failed"), failure.nextStep);
      showNotice(words, { isProblem: failure.kind !== "inProgress" });
      await load({ isRefresh: true, renew: true });
    } finally {
      button.disabled = false;
      // A disabled button loses the focus.
      if (document.activeElement === document.body && button.isConnected) button.focus();
    }
  }

  async function chooseNote(name, body, row, button, question) {
    const note = await ask(question, text("noteNext"), [
      { title: text("sendNote"), value: "send" },
      { title: text("nameOnly"), value: "none" },
      { title: text("cancel"), value: null },
    ]);
    if (note) await perform(name, { ...body, note }, row, button);
  }

  function takeBack(row) {
    hideNotice();
    return perform("undo", { connection: row.connection }, row, document.querySelector("#notice .undo"));
  }

  return onAct;
}
