// Writes docs/research/cost from a run of `stiffnet-bench cost`: node scripts/cost-document.mjs
// [results/cost]. Copies summary.json and tables, joins the figures to one picture, and writes the table of
// README.md. Check the text of README.md by hand.
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pipeTable } from "@stiffnet/report";
import { drawTogether } from "./panels.mjs";

const run = process.argv[2] ?? "results/cost";
const docs = fileURLToPath(new URL("../../../docs", import.meta.url));
const { cases } = JSON.parse(readFileSync(join(run, "summary.json"), "utf8"));

const units = { trials: "trials", epochs: "epochs", rows: "rows", width: "width", depth: "depth" };
const short = (x) => (x >= 100 ? Math.round(x).toLocaleString("en") : String(Number(x.toPrecision(2))));
const range = (own, of) =>
  own.length > 1 ? `${short(of(own[0]))} to ${short(of(own.at(-1)))}` : short(of(own[0]));
const axes = Object.keys(units).filter((axis) => cases.some((entry) => entry.axis === axis));
const rows = axes.map((axis) => {
  const [plain, stiff] = ["RES", "RES stiff"].map((model) =>
    cases.filter((entry) => entry.axis === axis && entry.model === model),
  );
  const values = range(plain, ({ value }) => value);
  const named = axis === "width" || axis === "depth" ? `${axis} ${values}` : `${values} ${units[axis]}`;
  const cells = [plain, stiff].flatMap((own) => [
    range(own, (entry) => entry.millisecondsPerStep),
    range(own, (entry) => entry.processorSeconds),
    range(own, (entry) => entry.peakMiB),
  ]);
  return [named, ...cells];
});
const header = [
  "from ... to",
  "no penalty: ms a step",
  "s",
  "MiB",
  "spectral-radius penalty: ms a step",
  "s",
  "MiB",
];
const table = pipeTable({ header, rows });

const readme = join(docs, "research", "cost", "README.md");
const text = readFileSync(readme, "utf8")
  .replace(/\| from \.\.\. to[\s\S]*?\n\n/, `${table}\n\n`)
  .replace(/\[All \d+ cases\]/, `[All ${cases.length} cases]`);
writeFileSync(readme, text);
copyFileSync(join(run, "summary.json"), join(docs, "research", "cost", "summary.json"));
for (const file of ["cost.md", "cost.csv"])
  copyFileSync(join(run, "tables", file), join(docs, "research", "cost", "tables", file));

// Rows of panels, as the report has them.
const panels = ["time", "study", "memory"].flatMap((figure) => axes.map((axis) => `${figure}-${axis}`));
await drawTogether(run, panels, axes.length, join(docs, "images", "cost.png"));
