// Sizes and colors of cards, close to those in Teams. The colors are those of the page, in each of its themes.

const color = (name) => `var(--card-${name})`;
const pair = (name) => ({ default: color(name), subtle: color(name) });
const TEXT = { default: color("text"), subtle: color("subtle") };
const FOREGROUND = {
  default: TEXT, dark: TEXT, light: TEXT,
  accent: pair("accent"), good: pair("good"), warning: pair("warning"), attention: pair("attention"),
};
const style = (name) => ({ backgroundColor: color(name), foregroundColors: FOREGROUND });

export const HOST_CONFIG = {
  fontFamily: "inherit",
  supportsInteractivity: true,
  spacing: { small: 8, default: 12, medium: 16, large: 20, extraLarge: 24, padding: 16 },
  separator: { lineThickness: 1, lineColor: color("line") },
  fontSizes: { small: 12, default: 14, medium: 14, large: 18, extraLarge: 24 },
  fontWeights: { lighter: 400, default: 400, bolder: 600 },
  lineHeights: { small: 16, default: 20, medium: 20, large: 24, extraLarge: 32 },
  imageSizes: { small: 32, medium: 52, large: 100 },
  containerStyles: {
    default: style("paper"), emphasis: style("emphasis"), good: style("good-tint"), warning: style("warning-tint"),
    attention: style("attention-tint"), accent: style("accent-tint"),
  },
  actions: {
    maxActions: 6, spacing: "default", buttonSpacing: 8, actionsOrientation: "horizontal", actionAlignment: "left",
    showCard: { actionMode: "inline", inlineTopMargin: 16, style: "emphasis" },
  },
  inputs: {
    label: {
      inputSpacing: "small",
      requiredInputs: { weight: "default", color: "default", size: "default", suffix: " *", suffixColor: "attention" },
      optionalInputs: { weight: "default", color: "default", size: "default" },
    },
    errorMessage: { size: "small", color: "attention", weight: "default" },
  },
  factSet: {
    title: { weight: "bolder", wrap: true, maxWidth: 150 },
    value: { wrap: true },
    spacing: 12,
  },
};
