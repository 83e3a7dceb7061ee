// The app's commands in the compose box and in the menu of a message, as its manifest lists them.

import { chat, invoke, Refused } from "./api.js";
import { attach, reply } from "./composer.js";
import { button, element, openDialog } from "./dom.js";
import { setMenu } from "./messages.js";
import { openTask } from "./tasks.js";

const WAIT_MS = 300;

const commands = (type, context) => chat.app.extension.filter((each) => each.type === type && each.context.includes(context));

function openAction(command, commandContext, message) {
  return openTask("composeExtension/fetchTask", { commandId: command.id, commandContext }, {
    message, next: "composeExtension/submitAction", onResult: attach, title: command.title,
  });
}

setMenu((message) => [
  ["Reply", () => reply(message)],
  ...commands("action", "message").map((each) => [each.title, () => openAction(each, "message", message.number)]),
]);

function openActions() {
  const choices = commands("action", "compose").map((each) => {
    const choice = button("", () => openAction(each, "compose"), { class: "hint" });
    choice.append(element("b", {}, each.title), element("span", {}, each.description));
    return element("li", {}, choice);
  });
  openDialog("Actions", element("ul", { class: "choices" }, ...choices), { width: "small" });
}

function openSearch() {
  const [command] = commands("query", "compose");
  if (!command) return;
  const parameters = command.parameters.map((each) => element("option", { value: each.name }, each.title));
  const kind = element("select", { "aria-label": "Search in" }, ...parameters);
  const words = element("input", { type: "search", "aria-label": "Search", placeholder: command.parameters[0]?.description ?? "" });
  const results = element("ul", { class: "choices", "aria-live": "polite" });
  const close = openDialog(command.title, element("div", {}, element("div", { class: "search-bar" }, words, kind), results));
  let timer = 0;
  let latest = 0;
  async function search() {
    const number = ++latest;
    const text = words.value.trim();
    const initial = command.initialRun && !text && kind.selectedIndex === 0;
    const parameter = initial ? { name: "initialRun", value: "true" } : { name: kind.value, value: text };
    const value = { commandId: command.id, parameters: [parameter], queryOptions: { skip: 0, count: 25 } };
    const answer = await invoke("composeExtension/query", value).catch((error) => {
      if (!(error instanceof Refused)) throw error;
      return { composeExtension: { type: "message", text: error.message } };
    });
    if (number === latest) showResults(results, answer.composeExtension ?? {}, (each) => { close(); attach(each); });
  }
  const searchSoon = () => { clearTimeout(timer); timer = setTimeout(search, WAIT_MS); };
  words.addEventListener("input", searchSoon);
  kind.addEventListener("change", search);
  words.focus();
  search();
}

function showResults(list, { type, text, attachments = [] }, use) {
  if (type === "message") { list.replaceChildren(element("li", { class: "none" }, text)); return; }
  const lines = attachments.map((each) => {
    const { title = "", text: more = "" } = each.preview?.content ?? {};
    const choice = button("", () => use(each), { class: "hint" });
    choice.append(element("b", {}, plain(title)), element("span", {}, plain(more)));
    return element("li", {}, choice);
  });
  list.replaceChildren(...(lines.length ? lines : [element("li", { class: "none" }, "No results")]));
}

// Returns the text of a preview, which is HTML.
const plain = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent;

document.querySelector("#search").addEventListener("click", openSearch);
document.querySelector("#actions").addEventListener("click", openActions);
