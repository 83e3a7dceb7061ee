// Microsoft's renderer of Adaptive Cards, and the parser of Markdown. Both are scripts for other module systems.

// The renderer asks for policies that allow all markup. It gets none, so the browser lets it only empty elements.
const { trustedTypes } = globalThis;
if (trustedTypes) {
  const { emptyHTML } = trustedTypes;
  Object.defineProperty(globalThis, "trustedTypes", {
    configurable: true,
    value: { emptyHTML, createPolicy: () => undefined },
  });
}
globalThis.exports = {};
await import("../vendor/adaptivecards.min.js");
await import("../vendor/markdown-it.min.js");
export const AC = globalThis.exports.AdaptiveCards;
export const { markdownit } = globalThis;
delete globalThis.exports;
delete globalThis.markdownit;
if (trustedTypes) Object.defineProperty(globalThis, "trustedTypes", { configurable: true, value: trustedTypes });
