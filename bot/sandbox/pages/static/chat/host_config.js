// Sizes and colors of cards, close to those in Teams.

const COLORS = {
  light: {
    text: "#242424", subtle: "#616161", accent: "#5b5fc7", good: "#237b4b", warning: "#835c00", attention: "#c4314b",
    plain: "#ffffff", emphasis: "#f5f5f5", line: "#e1dfdd",
    tints: { good: "#e7f2da", warning: "#fbf6d9", attention: "#fcf4f6", accent: "#e8ebfa" },
  },
  dark: {
    text: "#ffffff", subtle: "#c8c6c4", accent: "#a6a7dc", good: "#92c353", warning: "#f8d22a", attention: "#f9526b",
    plain: "#292929", emphasis: "#333333", line: "#484644",
    tints: { good: "#0d2e0d", warning: "#463100", attention: "#3e1f25", accent: "#2f2f4a" },
  },
};

function foregroundColors(colors) {
  const pair = (color) => ({ default: color, subtle: color });
  const text = { default: colors.text, subtle: colors.subtle };
  return {
    default: text, dark: text, light: text,
    accent: pair(colors.accent), good: pair(colors.good), warning: pair(colors.warning), attention: pair(colors.attention),
  };
}

export function hostConfig(isDark) {
  const colors = isDark ? COLORS.dark : COLORS.light;
  const style = (backgroundColor) => ({ backgroundColor, foregroundColors: foregroundColors(colors) });
  const tints = Object.fromEntries(Object.entries(colors.tints).map(([name, tint]) => [name, style(tint)]));
  return {
    fontFamily: "inherit",
    supportsInteractivity: true,
    spacing: { small: 8, default: 12, medium: 16, large: 20, extraLarge: 24, padding: 16 },
    separator: { lineThickness: 1, lineColor: colors.line },
    fontSizes: { small: 12, default: 14, medium: 14, large: 18, extraLarge: 24 },
    fontWeights: { lighter: 400, default: 400, bolder: 600 },
    lineHeights: { small: 16, default: 20, medium: 20, large: 24, extraLarge: 32 },
    imageSizes: { small: 32, medium: 52, large: 100 },
    containerStyles: { default: style(colors.plain), emphasis: style(colors.emphasis), ...tints },
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
}
