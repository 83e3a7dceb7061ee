// A small client API (`Xrm`) of a model-driven app, with the parts that web resources in side panes use.

import { sidePanes } from "./side_panes.js";

// Numbers of languages in Dynamics 365 (LCIDs).
const LANGUAGES = { en: 1033, de: 1031, fr: 1036, es: 3082, ja: 1041, pt: 1046, ar: 1025 };

const { appName, appId, appTitle, person } = document.body.dataset;

// The page changes without a reload while a pane is open, so that each call reads it again.
function getPageContext() {
  const { pageType, entityName, entityId } = document.querySelector("main").dataset;
  return { input: { pageType, entityName, ...(entityId ? { entityId } : {}) } };
}

const globalContext = {
  userSettings: { languageId: LANGUAGES[navigator.language.split("-")[0]] ?? LANGUAGES.en, userId: person },
  getCurrentAppProperties: async () => ({ uniqueName: appName, appId, displayName: appTitle }),
};

// Resolve when the person closes the dialog.
function showDialog(text) {
  const dialog = document.createElement("dialog");
  const words = Object.assign(document.createElement("p"), { textContent: text });
  const button = Object.assign(document.createElement("button"), { textContent: "OK", autofocus: true });
  button.addEventListener("click", () => dialog.close());
  dialog.append(words, button);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => { dialog.remove(); resolve(); });
  });
}

window.Xrm = {
  App: { sidePanes },
  Navigation: {
    openAlertDialog: ({ text }) => showDialog(text),
    openErrorDialog: ({ message }) => showDialog(message),
  },
  Utility: { getPageContext, getGlobalContext: () => globalContext },
};

export const Xrm = window.Xrm;
