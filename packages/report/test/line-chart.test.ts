import { describe, expect, test } from "vitest";
import { evolution } from "../src/evolution.ts";
import { lineChart, narrowChart } from "../src/line-chart.ts";
import { riskScatterFigure } from "../src/risk-scatter.ts";

/** The texts of a panel, each with the kind of its group and its place. */
const textsOf = (svg: string) =>
  [...svg.matchAll(/<g([^>]*)>((?:<text[^>]*>[^<]*<\/text>)+)<\/g>/g)].flatMap(([, group, texts]) => {
    const at = (part: string): number[] =>
      /translate\(([-\d.]+),([-\d.]+)\)/.exec(part)?.slice(1).map(Number) ?? [0, 0];
    const [dx, dy] = at(group!);
    const kind = /aria-label="([^"]*)"/.exec(group!)![1]!;
    return [...texts!.matchAll(/<text([^>]*)>([^<]*)</g)].map(([, attributes, text]) => {
      const [x, y] = at(attributes!);
      return { kind, text: text!, x: x! + dx!, y: y! + dy! };
    });
  });
const labelsOf = (svg: string, axis: "x" | "y") =>
  textsOf(svg).filter(({ kind }) => kind === `${axis}-axis tick label`);
const points = (...values: [number, number][]) => values.map(([x, y]) => ({ x, y }));

describe("a logarithmic axis", () => {
  test("labels every tick", () => {
    // The library's own axis leaves out 0.9.
    const { svg } = lineChart([{ name: "a", points: points([1, 0.9], [2, 2]) }], {
      name: "p",
      title: "t",
      x: { label: "x" },
      y: { label: "y", logarithmic: true },
    });
    expect(labelsOf(svg, "y").map(({ text }) => text)).toEqual(["0.8", "0.9", "1", "1.5", "2"]);
  });

  test("at the points has the last one's label and as many others as there is room for", () => {
    const many = Array.from({ length: 60 }, (_, k): [number, number] => [1 + 20 * k, 1 + k]);
    const { svg } = narrowChart([{ name: "a", points: points(...many) }], {
      name: "p",
      heading: "h",
      x: "epoch",
      y: "y",
    });
    const labels = labelsOf(svg, "x");
    expect(labels.length).toBeGreaterThan(5);
    expect(labels.at(-1)!.text).toBe("1180");
    for (let k = 1; k < labels.length; k++) {
      const [left, right] = [labels[k - 1]!, labels[k]!];
      // Half of each at 6.4 pixels a character of 11.5 px text.
      expect(right.x - left.x).toBeGreaterThan(3.2 * (left.text.length + right.text.length));
    }
  });

  test("leaves out what has no logarithm", () => {
    const { svg } = lineChart([{ name: "a", points: points([1, 1], [2, 0], [3, Number.NaN], [4, 4]) }], {
      name: "p",
      title: "t",
      dots: true,
      x: { label: "x" },
      y: { label: "y", logarithmic: true },
    });
    expect(svg).not.toContain("NaN");
    // Each is drawn, and once more unseen, for the pointer.
    expect(svg.match(/<circle/g)).toHaveLength(4);
    expect(svg.match(/<title>/g)).toHaveLength(2);
  });
});

describe("names", () => {
  const two = [
    { name: "first", points: points([1, 1], [10, 5]) },
    { name: "second", points: points([1, 2], [10, 5.01]) },
  ];
  const axes = { x: { label: "x" }, y: { label: "y" } };

  test("stand a line apart where the lines end together", () => {
    const { svg } = lineChart(two, { name: "p", title: "t", ...axes });
    const [first, second] = ["first", "second"].map((name) => textsOf(svg).find(({ text }) => text === name));
    expect(first!.x).toBe(second!.x);
    expect(first!.y - second!.y).toBeGreaterThanOrEqual(13);
  });

  test("are listed below, those of lines to compare with after them", () => {
    const marks = [
      { y: 3, text: "without" },
      { y: 4, text: "" },
    ];
    const { svg } = lineChart(two, { name: "p", title: "t", ...axes, names: "below", marks });
    const listed = textsOf(svg).filter(({ text }) => ["first", "second", "without"].includes(text));
    expect(listed.map(({ text }) => text)).toEqual(["first", "second", "without"]);
    expect(listed[1]!.y - listed[0]!.y).toBe(16);
    expect(listed[2]!.y - listed[1]!.y).toBe(16);
    expect(Number(/height="(\d+)"/.exec(svg)![1])).toBeGreaterThan(listed[2]!.y + 5);
  });
});

describe("evolution", () => {
  const points = [1, 2, 3].map((epoch) => ({ epoch, value: 1 / epoch }));
  const drawn = (...series: string[]): string => {
    const curves = series.map((one) => ({ series: one, trial: "1", points }));
    return evolution(curves, { name: "e", label: "error", series, width: 400 }).svg;
  };

  test("names its series, but not a single one", () => {
    expect(drawn("plain", "penalised")).toContain(">penalised</text>");
    expect(drawn("plain")).not.toContain(">plain</text>");
  });
});

test("errors that are not finite are left out of the scatter of errors", () => {
  const risks = [1, Number.POSITIVE_INFINITY, Number.NaN, 0];
  const points = risks.map((riskTest) => ({ model: "a", riskTrain: 1, riskTest }));
  const { svg } = riskScatterFigure(points, ["a"]).panels[0]!;
  expect(svg.match(/<title>/g)).toHaveLength(1);
});
