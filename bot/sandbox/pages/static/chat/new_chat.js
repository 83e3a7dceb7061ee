// Creates a group chat, or opens the chat of a person with the app.

import { enableButtons } from "../buttons.js";

const form = document.querySelector("#new");
const result = document.querySelector("#result");

async function create(body) {
  result.textContent = "Creating…";
  result.dataset.kind = "";
  try {
    const response = await fetch(form.dataset.chats, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ person: form.dataset.person, ...body }),
    });
    const answer = await response.json();
    if (response.ok) { location.assign(answer.page); return; }
    result.textContent = answer.error;
  } catch {
    result.textContent = "The sandbox is not responding. Nothing was created.";
  }
  result.dataset.kind = "bad";
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const values = new FormData(form);
  create({ topic: values.get("topic"), people: values.getAll("people"), app: values.has("app") });
});
document.querySelector("#personal").addEventListener("click", () => create({ personal: true }));
enableButtons();
