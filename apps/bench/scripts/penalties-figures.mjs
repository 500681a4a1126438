// The tables and figures of docs/research/penalties, of what penalties-article.mjs has measured.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as Plot from "@observablehq/plot";
import { median, pipeTable } from "@stiffnet/report";
import { drawSvg, seriesColour } from "@stiffnet/report/charts";
import { eigenvaluesOf, singularValuesOf } from "@stiffnet/stiffness";
import { formatNumber } from "@stiffnet/terminal";

export function writeWords({ networks, settings }, folder) {
  const { penalties, width } = settings;
  const names = [...new Set(networks.map(({ data }) => data))];
  const of = (data, penalty, value) =>
    median(networks.filter((one) => one.data === data && one.penalty === penalty).map(value));
  const used = penalties.map(([penalty]) => penalty);
  const table = (columns) =>
    pipeTable({
      header: ["data", "penalty", ...columns.map(([head]) => head)],
      rows: names.flatMap((data) =>
        used.map((penalty) => [
          data,
          penalty,
          ...columns.map(([, value]) => formatNumber(of(data, penalty, value))),
        ]),
      ),
    });
  const proxiesTable = table([
    ["spectral radius", ({ figures }) => figures.spectralRadius],
    ["largest singular value", ({ figures }) => figures.largestSingularValue],
    ["logarithmic norm", ({ figures }) => figures.logarithmicNorm],
    ["Frobenius norm", ({ figures }) => figures.frobenius],
    ["eigenvalue ratio", ({ figures }) => figures.eigenRatio],
    ["singular ratio", ({ figures }) => figures.singularRatio ?? Number.NaN],
    ["growth", ({ growth }) => growth.at(-1)],
  ]);
  const errorsTable = table([
    ["test error", ({ error }) => error],
    ["half the steps", ({ coarse }) => coarse],
    ["four times the steps", ({ fine }) => fine],
    ["float16", ({ float16 }) => float16],
    ["noisy inputs", ({ noisy }) => noisy],
    ["outside the box", ({ outside }) => outside],
  ]);
  const boundsTable = table([
    ["growth, measured", ({ growth }) => growth.at(-1)],
    ["bound by the logarithmic norm", (one) => one.bounds.lognorm.at(-1)],
    ["bound by the largest singular value", (one) => one.bounds.singular.at(-1)],
    ["product of 1 + alpha times the spectral radius", (one) => one.bounds.radius.at(-1)],
  ]);
  writeFileSync(
    join(folder, "penalties-tables.md"),
    `# What a stiffness penalty does: the tables\n\n${[proxiesTable, errorsTable, boundsTable].join("\n\n")}\n`,
  );
  const [first] = names;
  const own = networks.filter(({ data, trial }) => data === first && trial === 0);
  writeFileSync(join(folder, "penalties-spectra.svg"), spectraFigure(own, width));
  writeFileSync(join(folder, "penalties-singular.svg"), singularFigure(networks, first, settings));
  writeFileSync(join(folder, "penalties-growth.svg"), growthFigure(networks, first, settings));
}

/** Eigenvalues, and contours of the smallest singular value of z - J: inside 0.1, a perturbation of size 0.1
 *  can make z an eigenvalue. */
function spectraFigure(networks, width) {
  const shown = ["none", "stiff", "lognorm", "eigenRatio"];
  const reach = 2;
  const n = 41;
  const panels = shown.flatMap((penalty) => {
    const { matrix } = networks.find((one) => one.penalty === penalty);
    const grid = Array.from({ length: n * n }, (_, k) => {
      const [x, y] = [k % n, Math.floor(k / n)].map((at) => reach * ((2 * at) / (n - 1) - 1));
      return { penalty, x, y, size: Math.log10(distance(matrix, width, x, y)) };
    });
    const { re, im } = eigenvaluesOf(matrix);
    return [{ penalty, grid, points: Array.from(re, (x, k) => ({ penalty, x, y: im[k] })) }];
  });
  const at = { x: "x", y: "y", fx: "penalty" };
  return drawSvg("pseudospectra", "Eigenvalues and pseudospectra of a middle layer", {
    width: 860,
    height: 270,
    marginLeft: 44,
    marginBottom: 40,
    fx: { domain: shown, label: null },
    x: { domain: [-reach, reach], label: "Re z", ticks: 5 },
    y: { domain: [-reach, reach], label: "Im z", ticks: 5 },
    color: { domain: [-2, 0], scheme: "viridis" },
    marks: [
      ...panels.map(({ grid }) =>
        Plot.contour(grid, {
          ...at,
          stroke: "size",
          thresholds: [-2, -1.5, -1, -0.5, 0],
          interpolate: "barycentric",
        }),
      ),
      ...panels.map(({ points }) => Plot.dot(points, { ...at, r: 2.5, fill: seriesColour(1) })),
    ],
  }).svg;
}

/** The smallest singular value of z - J, as that of a real matrix of twice the size. */
function distance(matrix, width, x, y) {
  const real = new Float64Array(4 * width * width);
  const set = (r, c, value) => {
    real[r * 2 * width + c] = value;
  };
  for (let r = 0; r < width; r++) {
    for (let c = 0; c < width; c++) {
      const entry = (r === c ? x : 0) - matrix[r * width + c];
      set(r, c, entry);
      set(width + r, width + c, entry);
    }
    set(r, width + r, -y);
    set(width + r, r, y);
  }
  return Math.max(singularValuesOf(real).at(-1), 1e-6);
}

function singularFigure(networks, data, { penalties, width }) {
  const points = penalties.flatMap(([penalty], series) => {
    const own = networks.filter((one) => one.data === data && one.penalty === penalty);
    return Array.from({ length: width }, (_, k) => ({
      penalty,
      series,
      k: k + 1,
      value: Math.max(median(own.map(({ singular }) => singular[k])), 1e-6),
    }));
  });
  const at = { x: "k", y: "value", z: "penalty", stroke: ({ series }) => seriesColour(series) };
  return drawSvg("singular", "Singular values of the layers", {
    width: 640,
    height: 340,
    marginRight: 100,
    marginBottom: 40,
    marginLeft: 56,
    x: { label: "singular value, largest first", ticks: width / 2 },
    y: { type: "log", label: "1/time", grid: true },
    marks: [
      Plot.line(points, at),
      Plot.text(
        points.filter(({ k }) => k === width),
        { x: "k", y: "value", text: "penalty", textAnchor: "start", dx: 6 },
      ),
    ],
  }).svg;
}

function growthFigure(networks, data, { depth }) {
  const shown = ["none", "stiff", "lognorm", "singular"];
  const kinds = [
    "measured",
    "bound, logarithmic norm",
    "bound, largest singular value",
    "spectral radius: no bound",
  ];
  const points = shown.flatMap((penalty) => {
    const own = networks.filter((one) => one.data === data && one.penalty === penalty);
    const curves = [
      (one) => one.growth,
      (one) => one.bounds.lognorm,
      (one) => one.bounds.singular,
      (one) => one.bounds.radius,
    ];
    return curves.flatMap((curve, series) => [
      { penalty, series, layer: 0, value: 1 },
      ...Array.from({ length: depth }, (_, n) => ({
        penalty,
        series,
        layer: n + 1,
        value: median(own.map((one) => curve(one)[n])),
      })),
    ]);
  });
  const at = {
    x: "layer",
    y: "value",
    fx: "penalty",
    z: "series",
    stroke: ({ series }) => seriesColour(series),
  };
  return drawSvg("growth", "Growth of a perturbation through the layers", {
    width: 860,
    height: 300,
    marginLeft: 44,
    marginRight: 190,
    marginBottom: 40,
    fx: { domain: shown, label: null },
    x: { label: "layer", ticks: 4 },
    y: { type: "log", label: "times", grid: true },
    marks: [
      Plot.line(points, at),
      ...kinds.map((name, series) =>
        Plot.text([{ penalty: "singular" }], {
          fx: "penalty",
          frameAnchor: "top-right",
          text: () => name,
          textAnchor: "start",
          dx: 8,
          fill: seriesColour(series),
          lineAnchor: "top",
          dy: 4 + 16 * series,
        }),
      ),
    ],
  }).svg;
}
