/**
 * Script of the two commands that open the pane of Chat Sync beside a record or a list.
 *
 * It calls only the documented client API. The pane itself is the web resource `pane.html`.
 */
var ChatSync = (function () {
  "use strict";

  const PANE_ID = "chatsync_pane";
  const PAGE = "chatsync_/pane/pane.html";
  const ICON = "WebResources/chatsync_/pane/icon.png";
  const TITLE = "Chats";
  const WIDTH = 360;
  const NO_PANES = "Chats open beside records in web browsers only. Open this app in a browser.";
  const FAILED = "The chats could not be opened. Reload the page, and try again.";

  /** True while the pane is created: a second pane with the same ID would be an error. */
  let isCreating = false;

  /**
   * Open the pane, or select it if it is open.
   * @returns {Promise<void>}
   */
  async function openPane() {
    const panes = Xrm.App && Xrm.App.sidePanes;
    if (!panes) {
      await Xrm.Navigation.openAlertDialog({ text: NO_PANES });
      return;
    }
    const existing = panes.getPane(PANE_ID);
    if (existing) {
      existing.select();
    } else if (!isCreating) {
      await createPane(panes);
    }
  }

  /**
   * Create the pane and show the page in it. A pane that cannot show the page is closed again.
   * @param {typeof Xrm.App.sidePanes} panes
   * @returns {Promise<void>}
   */
  async function createPane(panes) {
    isCreating = true;
    /** @type {Xrm.App.PaneObject | undefined} */
    let pane;
    try {
      pane = await panes.createPane({
        paneId: PANE_ID,
        title: TITLE,
        imageSrc: ICON,
        width: WIDTH,
        canClose: true,
        // The script of the page continues while the pane is collapsed, and so follows the visited records.
        alwaysRender: true,
      });
      isCreating = false;
      await pane.navigate({ pageType: "webresource", webresourceName: PAGE });
    } catch {
      isCreating = false;
      pane?.close();
      await Xrm.Navigation.openErrorDialog({ message: FAILED });
    }
  }

  return { openPane: openPane };
})();
