// Tabs as in the ARIA Authoring Practices: one stop for the Tab key, arrow keys, Home, and End.

export function makeTabs(list, onSelect) {
  const tabs = [...list.querySelectorAll('[role="tab"]')];
  const panel = (tab) => document.getElementById(tab.getAttribute("aria-controls"));

  function select(chosen, { focus = false } = {}) {
    for (const tab of tabs) {
      const isChosen = tab === chosen;
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      panel(tab).hidden = !isChosen;
    }
    if (focus) chosen.focus();
    onSelect(chosen.id.replace("tab-", ""));
  }

  for (const tab of tabs) tab.onclick = () => select(tab);
  list.onkeydown = (event) => {
    const at = tabs.indexOf(document.activeElement);
    const forward = getComputedStyle(list).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const backward = forward === "ArrowLeft" ? "ArrowRight" : "ArrowLeft";
    const next = { [forward]: at + 1, [backward]: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    select(tabs[(next + tabs.length) % tabs.length], { focus: true });
  };

  // With a record, the panels belong to tabs. Without one, there is only a list.
  return (hasRecord) => {
    list.hidden = !hasRecord;
    for (const tab of tabs) {
      const each = panel(tab);
      if (hasRecord) {
        each.setAttribute("role", "tabpanel");
        each.setAttribute("aria-labelledby", tab.id);
      } else {
        each.removeAttribute("role");
        each.removeAttribute("aria-labelledby");
      }
    }
    if (!hasRecord) select(tabs[0]);
  };
}
