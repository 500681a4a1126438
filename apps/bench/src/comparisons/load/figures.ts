import * as Plot from "@observablehq/plot";
import { rangeOf } from "@stiffnet/report";
import {
  centred,
  drawSvg,
  type Figure,
  logScale,
  margins,
  type Panel,
  seriesColour,
} from "@stiffnet/report/charts";
import { formatNumber } from "@stiffnet/terminal";
import type { LoadCase, ServiceKind } from "./compare.ts";

/** Processes and workers of ours share a line. */
const labels: Readonly<Record<ServiceKind, (service: string) => string>> = {
  stiffnet: () => "stiffnet-serve",
  binary: () => "binary tensors",
  fastapi: (service) => service,
  bentoml: (service) => service,
  http: () => "node:http alone",
  onnxruntime: () => "onnxruntime",
};
const colours: Readonly<Record<ServiceKind, number>> = {
  ...{ stiffnet: 0, binary: 2, fastapi: 1, bentoml: 3, http: 5, onnxruntime: 5 },
};

/** Requests a second and latencies, a panel for each number of rows. */
export function loadFigures(cases: readonly LoadCase[]): Figure[] {
  const rows = [...new Set(cases.map((one) => one.rows))];
  const panels = (name: string, label: string, of: (one: LoadCase) => number): Panel[] =>
    rows.map((count) => bars(cases, count, { name, label, of }));
  return [
    {
      title: "Requests a second",
      caption:
        "Medians over the rounds, on a logarithmic axis. Grey: Node's HTTP server without a model. Dashed: onnxruntime-node without HTTP, one request a run.",
      panels: panels("per-second", "requests/s", ({ perSecond }) => perSecond),
    },
    {
      title: "99th percentile of the latency",
      caption:
        "Time from the request to the end of its answer, as the client measures it, on a logarithmic axis.",
      panels: panels("p99", "latency (ms)", ({ p99 }) => p99),
    },
  ];
}

function bars(
  cases: readonly LoadCase[],
  rows: number,
  { name, label, of }: { name: string; label: string; of: (one: LoadCase) => number },
): Panel {
  const alone = cases.filter((one) => one.rows === rows && one.kind === "onnxruntime").map(of);
  const points = cases
    .filter((one) => one.rows === rows && one.kind !== "onnxruntime")
    .map((one) => ({
      service: labels[one.kind](one.service),
      connections: `${one.connections} conn.`,
      value: of(one),
      colour: seriesColour(colours[one.kind]),
    }));
  const [low, high] = rangeOf([...points.map(({ value }) => value), ...alone]);
  return drawSvg(`${name}-${rows}`, `${label}, ${rows} rows a request`, {
    width: 480,
    height: 100 + 24 * points.length,
    ...margins(34, 120, 48, 120),
    x: {
      ...logScale(`${label}, ${rows} row${rows === 1 ? "" : "s"} a request`, [low / 1.2, high * 1.2]),
      ...{ ...centred, labelOffset: 38, grid: true },
    },
    y: { label: null, domain: [...new Set(points.map(({ service }) => service))] },
    fy: { axis: null, domain: [...new Set(points.map(({ connections }) => connections))] },
    marks: [
      Plot.ruleX(alone, { stroke: seriesColour(5), strokeDasharray: "4 3" }),
      Plot.axisFy({ anchor: "right", label: null, dx: 58, fontWeight: 600 }),
      Plot.dot(points, { fy: "connections", y: "service", x: "value", r: 4, fill: "colour" }),
      Plot.text(points, {
        ...{ fy: "connections", y: "service", x: "value", textAnchor: "start", dx: 8 },
        text: (point: { value: number }) => formatNumber(point.value),
      }),
    ],
  });
}
