// Asks regularly whether the page is up to date, but only while somebody can see it.

const EVERY_MS = 30_000, JITTER_MS = 2_500, LONGEST_MS = 300_000;

export function makePolling(poll) {
  let timer = 0, asked = 0, failures = 0;

  function plan(after = Math.min(EVERY_MS * 2 ** failures, LONGEST_MS)) {
    clearTimeout(timer);
    if (document.hidden) return;
    timer = setTimeout(run, after + (Math.random() * 2 - 1) * JITTER_MS);
  }

  async function run() {
    asked = Date.now();
    failures = (await poll()) ? 0 : failures + 1;
    plan();
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) clearTimeout(timer);
    else if (Date.now() - asked >= EVERY_MS) run();
    else plan();
  });
  window.addEventListener("online", run);
  return {
    restart() {
      asked = Date.now();
      failures = 0;
      plan();
    },
    stop: () => clearTimeout(timer),
  };
}
