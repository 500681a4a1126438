import { expect, test } from "vitest";
import { evolution, lineChart, predictedAgainstTrue, riskScatterFigure, surface } from "../src/charts.ts";

/** Width of the frame, or of what has none from its first tick to its last. */
const roomOf = (svg: string): number => {
  const frame = /<rect[^>]* width="([^"]*)"[^>]*aria-label="frame"/.exec(svg);
  if (frame) return Number(frame[1]);
  const [, ticks] = /aria-label="x-axis tick"[^>]*>(.*?)<\/g>/s.exec(svg)!;
  const places = [...ticks!.matchAll(/translate\(([-\d.]+),/g)].map(([, x]) => Number(x));
  return Math.max(...places) - Math.min(...places);
};

const line = (values: readonly number[], logarithmic: boolean) =>
  lineChart([{ name: "a", points: values.map((y, k) => ({ x: k + 1, y })) }], {
    name: "p",
    title: "t",
    x: { label: "x" },
    y: { label: "y", logarithmic },
  });
const course = (values: readonly number[], name = "a") => {
  const points = values.map((value, epoch) => ({ epoch, value }));
  return evolution([{ series: name, trial: "1", points }], {
    name: "e",
    label: "error",
    series: [name, "b"],
    width: 490,
  });
};
const errors = (values: readonly number[], model = "a") =>
  riskScatterFigure(
    values.map((risk) => ({ model, riskTrain: risk, riskTest: risk })),
    [model],
  ).panels[0]!;
const predicted = (values: readonly number[]) =>
  predictedAgainstTrue(
    values.map((truth) => ({ truth, model: truth, other: truth })),
    { name: "p", output: "o".repeat(200), r2: { model: 1, other: null } },
  );

const samples = [
  [],
  [Number.MIN_VALUE],
  [Number.MIN_VALUE, 1e-310],
  [1e-310, 1],
  [1.7e308],
  [1, 1.75e308],
  [Number.MAX_VALUE],
];
test.each(samples.map((values) => ({ values })))("charts of $values end and have numbers", ({ values }) => {
  const drawn = [line(values, true), line(values, false), course(values), errors(values), predicted(values)];
  for (const { svg } of drawn) expect(svg).not.toMatch(/NaN|Infinity/);
});

test("predictions that are not finite leave the others in the picture", () => {
  expect(predicted([1, Number.NaN, 2]).svg.match(/<circle/g)).toHaveLength(2);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])("a surface up to %d is an empty frame", (high) => {
  const grid = { columns: 2, rows: 2, x: [0, 1], y: [0, 1], values: [1, 2, high, high] } as const;
  const { svg } = surface(grid, { name: "s", title: "t", range: [1, high], xLabel: "x", yLabel: "y" });
  expect(roomOf(svg)).toBeGreaterThan(100);
});

test("a long name leaves room for the plot", () => {
  const name = "a".repeat(200);
  const points = [1, 2].map((at) => ({ x: at, y: at }));
  const axes = { x: { label: "x" }, y: { label: "y" } };
  const charts = [
    lineChart([{ name, points }], { name: "p", title: "t", ...axes }),
    lineChart([{ name, points }], { name: "p", title: "t", ...axes, names: "below" }),
    course([1, 2], name),
    errors([1, 2], name),
    predicted([1, 2]),
  ];
  for (const { svg } of charts) {
    expect(roomOf(svg)).toBeGreaterThan(80);
    const texts = [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text!.length);
    expect(Math.max(...texts)).toBeLessThanOrEqual(40);
  }
});
