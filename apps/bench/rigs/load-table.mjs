// Puts a run of `stiffnet-bench load` into docs/load.md, between its two marks, and its figures into
// docs/load.json beside it:
//
//     npx stiffnet-bench load --out FOLDER && node apps/bench/rigs/load-table.mjs FOLDER/summary.json
import { readFileSync, writeFileSync } from "node:fs";
import { existing, isMain, readCommand } from "./command.mjs";

export const page = new URL("../../serve/docs/load.md", import.meta.url);
export const figures = new URL("../../serve/docs/load.json", import.meta.url);
const marks = ["<!-- measured -->", "<!-- /measured -->"];

/** The page with what was measured. */
export function withMeasured(text, measured) {
  const [from, to] = marks.map((mark) => text.indexOf(mark));
  return `${text.slice(0, from)}${marks[0]}\n\n${measuredText(measured)}\n${text.slice(to)}`;
}

const digits = (value) => String(Number(value.toPrecision(value < 10 ? 2 : 3)));
/** Undefined for no cases. */
const fastest = (cases) => cases.reduce((a, b) => (a && a.perSecond > b.perSecond ? a : b), undefined);

/** For each number of rows and connections, the fastest case of every kind, with one process or several. Ours
 *  come from the cases whose 99th percentile is at most FastAPI's, if there are any. */
function comparisons({ config, cases }) {
  return config.rows.flatMap((rows) =>
    config.connections.map((connections) => {
      const here = cases.filter((one) => one.rows === rows && one.connections === connections);
      const of = (kind) => here.filter((one) => one.kind === kind);
      const [peer, bento, http] = ["fastapi", "bentoml", "http"].map((kind) => fastest(of(kind)));
      const [own, binary] = ["stiffnet", "binary"].map((kind) => {
        const prompt = of(kind).filter(({ p99 }) => p99 <= peer.p99);
        return fastest(prompt.length > 0 ? prompt : of(kind));
      });
      const times = (one) => one.perSecond / peer.perSecond;
      return { rows, connections, own, binary, peer, bento, http, times };
    }),
  );
}

function measuredText(measured) {
  const { config, model, machine, versions, python, client, cases } = measured;
  const all = comparisons(measured);
  const rows = all.map(({ rows, connections, own, binary, peer, bento, http, times }) => [
    rows,
    connections,
    digits(times(own)),
    digits(times(binary)),
    bento ? digits(times(bento)) : "–",
    digits(times(http)),
    [own, binary, peer].map(({ p99 }) => digits(p99)).join(", "),
  ]);
  const head = [
    "rows",
    "connections",
    "JSON",
    "binary tensors",
    "BentoML",
    "node:http alone",
    "p99, ms: JSON, binary, FastAPI",
  ];
  const many = all.filter(({ connections }) => connections > 1);
  const reached = (kind) =>
    many.filter((one) => one.times(one[kind]) >= 2 && one[kind].p99 <= one.peer.p99).length;
  const least = (kind) => digits(Math.min(...many.map((one) => one.times(one[kind]))));
  const failed = cases.reduce((sum, one) => sum + one.failed, 0);
  const differences = cases.flatMap(({ kind, difference }) =>
    kind === "fastapi" || kind === "bentoml" ? [difference] : [],
  );
  const { width, depth, inputs, outputs } = model;
  return [
    `The network has width ${width}, depth ${depth}, ${inputs} inputs and ${outputs} outputs. Services and client (${client}) share ${machine.cores} cores (${machine.processor}).`,
    `The table has medians over ${config.rounds} rounds of ${config.seconds} s for each service. ${failed === 0 ? "No request" : `${failed} requests`} failed. The outputs of Python's services agree with ours to ${Math.max(...differences).toExponential(0)}.`,
    "",
    ...[`Node ${versions.node}`, ...python].map((each) => `- ${each}`),
    "",
    "The aim with many connections is twice FastAPI's throughput at its 99th percentile or less.",
    `JSON reaches it in ${reached("own")} of ${many.length} cases, with at least ${least("own")} times FastAPI's throughput.`,
    `Binary tensors reach it in ${reached("binary")}, with at least ${least("binary")} times.`,
    "",
    "Requests a second over FastAPI's:",
    "",
    ...table(head, rows),
    "",
  ].join("\n");
}

function table(head, rows) {
  const cells = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, c) => Math.max(...cells.map((row) => row[c].length)));
  const line = (row) => `| ${row.map((cell, c) => cell.padEnd(widths[c])).join(" | ")} |`;
  return [line(cells[0]), line(widths.map((width) => "-".repeat(width))), ...cells.slice(1).map(line)];
}

if (isMain(import.meta.url)) {
  const { path: file } = readCommand({
    name: "load-table",
    about: "Puts a run of stiffnet-bench load into docs/load.md.",
    argument: ["<summary>", "summary.json of the run", existing],
    example: "results/load/summary.json",
  });
  const { config, model, machine, versions, python, client, cases } = JSON.parse(readFileSync(file, "utf8"));
  if (!cases?.some(({ kind }) => kind === "fastapi")) {
    process.stderr.write(`load-table: ${file} has no cases of FastAPI (apps/bench/peers/setup fastapi)\n`);
    process.exit(2);
  }
  const measured = { config, model, machine, versions: { node: versions.node }, python, client, cases };
  writeFileSync(figures, `${JSON.stringify(measured, undefined, 1)}\n`);
  writeFileSync(page, withMeasured(readFileSync(page, "utf8"), measured));
}
