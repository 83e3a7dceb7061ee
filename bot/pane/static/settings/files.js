// Settings as files: a download, and an import that shows the changes before it saves them.

import { act, Failure } from "../api.js";
import { element } from "../cards/dom.js";
import { announce, showNotice } from "../page.js";
import { fullTime, plural, sentences, text } from "../texts.js";
import { changesTable } from "./changes.js";

const input = document.querySelector("#file"), result = document.querySelector("#import-result");
const download = document.querySelector("#export");
const COLUMNS = ["setting", "from", "to"];
const BYTES_PER_CHARACTER = 4;

export function makeFiles({ current, onSaved, onFailure }) {
  let content = "", reads = 0;

  async function run(button, work, retry) {
    button.disabled = true;
    try {
      await work();
    } catch (failure) {
      if (failure instanceof Failure && ["badRequest", "notSupported"].includes(failure.kind)) showProblem(sentences(failure.message, failure.nextStep));
      else onFailure(failure, retry);
    } finally {
      button.disabled = false;
    }
  }

  const exportFiles = () => run(download, async () => {
    const { files } = await act("settings/export", { environment: current().environment });
    files.forEach(save);
    showNotice(plural("exported", files.length));
  }, exportFiles);

  async function check() {
    const mine = (reads += 1);
    const file = input.files[0];
    result.hidden = true;
    if (!file) return;
    const { problem, words } = await read(file);
    if (mine !== reads) return;
    if (problem) return showProblem(text(problem));
    content = words;
    await run(input, async () => {
      const found = await act("settings/check", { environment: current().environment, file: content });
      if (mine === reads) show(found);
    }, check);
  }

  function show(found) {
    const { problems, changes, others, isSaved, hasEarlierSaves } = found;
    const parts = problems.length ? problemParts(problems) : changes.length ? changeParts(found) : [element("p", {}, text("importNothing"))];
    showResult(...(hasEarlierSaves ? [element("p", {}, text("earlierSaves"))] : []), ...others.map(otherTable), ...parts);
    if (isSaved || problems.length || !changes.length) input.value = "";
    if (isSaved) onSaved();
  }

  function changeParts({ changes, isSaved, version, others }) {
    const shown = changesTable(changes, COLUMNS, text(isSaved ? "importSaved" : "importChanges"), { isCaptionVisible: true });
    if (isSaved) return [shown];
    const save = element("button", { type: "button", class: "primary", on: { click: () => apply(save, version) } }, text("save"));
    const cancel = element("button", { type: "button", on: { click: forget } }, text("cancel"));
    const conflict = others.length ? [element("p", { class: "problem" }, text("importNotSaved"))] : [];
    return [...conflict, shown, element("div", { class: "buttons" }, save, cancel)];
  }

  const apply = (button, version) => run(button, async () => {
    show(await act("settings/save", { environment: current().environment, version, file: content }));
  }, () => apply(button, version));

  function forget() {
    reads += 1;
    content = input.value = "";
    result.hidden = true;
    result.replaceChildren();
  }

  download.onclick = exportFiles;
  input.onchange = check;
  return { forget };
}

function showProblem(words) {
  showResult(element("p", { class: "problem" }, words));
  input.value = "";
}

function showResult(...parts) {
  result.replaceChildren(...parts);
  result.hidden = false;
  result.focus();
  announce(result.querySelector("p, caption")?.textContent ?? "");
}

const problemParts = (problems) => [
  element("p", { class: "problem" }, text("importProblems")),
  element("ul", { class: "problems" }, ...problems.map(([path, reason]) => element("li", {}, element("code", { dir: "ltr" }, path), ` ${reason}`))),
];

const otherTable = ({ who, at, changes }) => changesTable(
  changes, COLUMNS, text("importConflict", { who, at: fullTime(new Date(at)) }), { isCaptionVisible: true },
);

// Returns the text of the file, or the name of the problem with it. The server checks all of it again.
async function read(file) {
  if (!/\.json$/i.test(file.name) && file.type !== "application/json") return { problem: "notJson" };
  if (file.size > input.dataset.maxLength * BYTES_PER_CHARACTER) return { problem: "tooLarge" };
  if (!file.size) return { problem: "emptyFile" };
  let bytes;
  try {
    bytes = await file.arrayBuffer();
  } catch {
    return { problem: "unreadableFile" };
  }
  try {
    const words = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return words.length > input.dataset.maxLength ? { problem: "tooLarge" } : { words };
  } catch {
    return { problem: "notText" };
  }
}

function save({ name, text: words }) {
  const address = URL.createObjectURL(new Blob([words], { type: "application/json" }));
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
