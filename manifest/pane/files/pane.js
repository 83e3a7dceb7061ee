/**
 * Script of the web resource that frames the pane of Chat Sync and tells it which record is open.
 *
 * The framed page gets only the record, the app, and the language. Nothing is read from it except that it is ready.
 */
(function () {
  "use strict";

  const VERSION = 1;
  const POLL_MS = 1500;
  const GUID = /^\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?$/i;

  /**
   * @typedef {object} Visit
   * @property {string} table Logical name of the table, or an empty text outside records.
   * @property {string} id ID of the record, or an empty text for a record that is not saved yet.
   */

  const frame = /** @type {HTMLIFrameElement} */ (document.getElementById("pane"));
  const notice = /** @type {HTMLElement} */ (document.getElementById("notice"));
  const address = new URL(frame.dataset.address ?? "", window.location.href);

  /** @type {Visit} */
  let visit = { table: "", id: "" };
  let app = "";
  let lastSent = "";

  /**
   * Return the client API of the app, or undefined. References kept from earlier pages become stale.
   * @returns {Xrm.XrmStatic | undefined}
   */
  function clientApi() {
    // A web resource in a side pane has no client API of its own: the nearest page around it has. The top page may be
    // another site that frames the app, such as Teams.
    /** @type {Window & { Xrm?: Xrm.XrmStatic }} */
    let page = window;
    while (page !== page.parent) {
      page = page.parent;
      try {
        if (page.Xrm) return page.Xrm;
      } catch {
        return undefined; // A page of another site.
      }
    }
    return undefined;
  }

  /**
   * Return the open record, or undefined if the client API does not tell it at the moment.
   * @returns {Visit | undefined}
   */
  function openRecord() {
    try {
      const page = /** @type {{ pageType?: string, entityName?: string, entityId?: string } | undefined} */ (
        clientApi()?.Utility.getPageContext().input
      );
      if (!page) return undefined;
      if (page.pageType !== "entityrecord") return { table: "", id: "" };
      return { table: page.entityName ?? "", id: (GUID.exec(page.entityId ?? "")?.[1] ?? "").toLowerCase() };
    } catch {
      return undefined; // Between two pages of the app.
    }
  }

  /**
   * Return the language that the person chose in Dynamics 365, or 0.
   * @returns {number}
   */
  function language() {
    try {
      return clientApi()?.Utility.getGlobalContext().userSettings.languageId ?? 0;
    } catch {
      return 0;
    }
  }

  /** Read the unique name of the app. Without a name, the pane treats the app as unknown. */
  async function readApp() {
    try {
      app = (await clientApi()?.Utility.getGlobalContext().getCurrentAppProperties())?.uniqueName ?? app;
    } catch {
      return; // The next visit asks again.
    }
  }

  /** Send the record if it changed. The last known one stays valid while the client API does not answer. */
  async function update() {
    visit = openRecord() ?? visit;
    if (!app) await readApp();
    const text = JSON.stringify({ v: VERSION, kind: "record", ...visit, app, lcid: language() });
    if (text === lastSent) return;
    lastSent = text;
    frame.contentWindow?.postMessage(JSON.parse(text), address.origin);
  }

  /** Send the record to a page that was just loaded. */
  function sendAgain() {
    lastSent = "";
    void update();
  }

  /**
   * Explain an empty frame: the environment allows only listed hosts in frames.
   * @param {SecurityPolicyViolationEvent} violation
   */
  function explain(violation) {
    if (violation.effectiveDirective !== "frame-src") return;
    notice.textContent =
      `The content security policy of this environment blocks the chats. ` +
      `Ask your administrator to allow ${address.host} in frames.`;
    notice.hidden = false;
  }

  document.addEventListener("securitypolicyviolation", explain);
  window.addEventListener("message", (event) => {
    if (event.origin !== address.origin || event.source !== frame.contentWindow) return;
    if (event.data?.v === VERSION && event.data.kind === "ready") sendAgain();
  });
  // Before the first load, the frame has another origin and could not get the message.
  frame.addEventListener("load", () => window.setInterval(() => void update(), POLL_MS), { once: true });
  frame.addEventListener("load", sendAgain);
  const lcid = language();
  if (lcid) address.searchParams.set("language", String(lcid));
  frame.src = address.href;
})();
