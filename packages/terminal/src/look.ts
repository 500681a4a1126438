/** A colour on a light and on a dark ground. */
type Pair = readonly [light: string, dark: string];

/** The look that reports, pages and the site have in common: colours by role, on a light and a dark ground.
 *  Text on its ground has a contrast of at least 4.5 (WCAG 2.2, AA). */
export const colours: Readonly<
  Record<"paper" | "panel" | "ink" | "quiet" | "line" | "accent" | "warn", Pair>
> = {
  paper: ["#ffffff", "#15181d"],
  panel: ["#f5f6f8", "#1d2128"],
  ink: ["#1b2027", "#e4e8ee"],
  quiet: ["#55606e", "#a3adba"],
  line: ["#d9dee5", "#373e49"],
  accent: ["#0b63b8", "#6db3f8"],
  warn: ["#8a4b00", "#f3b562"],
};

/** Series in figures, in the colours of Okabe and Ito: told apart with any colour vision, and different in
 *  lightness. */
export const seriesColours: Readonly<Record<Ground, readonly string[]>> = {
  light: ["#0072b2", "#b8500a", "#007a5a", "#a0488a", "#7a6a00", "#444444"],
  dark: ["#56b4e9", "#f0a050", "#3fc99b", "#e39ccb", "#e6d84a", "#bbbbbb"],
};

type Ground = "light" | "dark";

/** Custom properties of one ground, as declarations: --paper, --ink and the rest, --series-1 to 6. */
export function lookVariables(ground: Ground): string {
  const at = ground === "light" ? 0 : 1;
  return [
    ...Object.entries(colours).map(([name, pair]) => `--${name}:${pair[at]}`),
    ...seriesColours[ground].map((colour, k) => `--series-${k + 1}:${colour}`),
  ].join(";");
}

/** A style sheet for pages that follow the reader's system; paper is always light. */
export const lookSheet: string = [
  `:root{color-scheme:light dark;${lookVariables("light")}}`,
  `@media screen and (prefers-color-scheme:dark){:root{${lookVariables("dark")}}}`,
  "@media print{:root{color-scheme:light;--ink:#000;--quiet:#333}}",
].join("\n");
