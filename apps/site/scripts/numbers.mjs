// The page of numbers. Each table comes from committed measurements, and names the machine, the date and the
// command that measures again.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { withMeasured } from "../../bench/rigs/load-table.mjs";
import { measured } from "./measured.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");
/** The page's place in the repository. Its links start there. */
export const numbersSource = "docs/numbers.md";

/** The measurements in their order. `of` makes the tables from the parsed file, or from its text. */
const measurements = [
  {
    title: "A training step",
    file: "docs/research/step/cases.json",
    command: "node apps/bench/scripts/step-table.mjs",
    about:
      "Forward, backward and Adam on one batch, 15 inputs and 10 outputs. Engines took turns. A time is the one that nine tenths of the steps exceed; the others are multiples of the native step in the same row.",
    more: "[How it was measured](research/step/README.md)",
    of: measured.step,
  },
  {
    title: "In a page and in Node",
    file: "docs/research/browser/training.json",
    command: "node apps/site/scripts/measure.mjs",
    about:
      "The playground's training in Chromium and the same in Node, in turns on one machine; frames a second are those of the page while it trains.",
    more: "[The playground](../apps/site/pages/playground/train.md)",
    of: measured.browser,
  },
  {
    title: "The study",
    file: "docs/research/study/summary.json",
    command: "npx stiffnet-bench study",
    about:
      "Medians of the trials, with bootstrap intervals at 95 %; time as a multiple of the plain network's.",
    more: "[How it was run](research/study/README.md)",
    of: measured.study,
  },
  {
    title: "The question",
    file: "docs/research/question/trainings.csv",
    command: "npx stiffnet-bench question",
    about:
      "Test error with the stiffness penalty over that with L2, both tuned. A cell is one choice of data, size and network. The numbers are the same on every machine.",
    more: "[The answer](research/question/README.md)",
    of: measured.question,
  },
  {
    title: "What a study costs",
    file: "docs/research/cost/summary.json",
    command: "npx stiffnet-bench cost",
    about:
      "Each row a study in a fresh process: processor time of a step and of the whole, and the most memory it held.",
    more: "[Figures, and what follows](research/cost/README.md)",
    of: measured.cost,
  },
  {
    title: "Solvers",
    file: "docs/research/integrators/ode.json",
    command: "npx stiffnet-bench ode",
    about: "Time that others take as a multiple of the time here, at equal error of the final state.",
    more: "[How it was measured, and evaluations](research/integrators/speed.md)",
    of: measured.solvers,
  },
  {
    title: "The service under load",
    file: "apps/serve/docs/load.json",
    command: "npx stiffnet-bench load --rounds 5 --seconds 2 --workers 1",
    about: "Requests a second of the service over those of FastAPI with onnxruntime.",
    more: "[How it was measured](../apps/serve/docs/load.md)",
    of: (data) => [withMeasured("<!-- measured --><!-- /measured -->", data)],
  },
];

/** The page, in markdown, with links as from `numbersSource`. */
export function numbersPage() {
  const parts = measurements.filter(({ file }) => existsSync(join(root, file))).map(part);
  return `---
aside: false
---

# Numbers

Every table is made from files that are committed with the measurement. Machines differ: ratios within a row were taken in one
run and mean more than times.

${parts.join("\n")}`;
}

function part({ title, file, command, about, more, of }) {
  const text = readFileSync(join(root, file), "utf8");
  const data = file.endsWith(".json") ? JSON.parse(text) : text;
  const facts = [machineOf(data), dateOf(file), more].filter(Boolean).join(" · ");
  return `## ${title}

${about}

${of(data).join("\n\n")}

\`\`\`sh
${command}
\`\`\`

${facts}
`;
}

function machineOf({ machine, versions }) {
  if (machine === undefined) return "";
  const node = versions?.node ? `, Node ${versions.node}` : "";
  return `${machine.cores} cores (${machine.processor})${node}`;
}

/** Day of the commit that brought the file; nothing where the history is not there. */
function dateOf(file) {
  const git = (...words) =>
    execFileSync("git", words, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    return git("rev-parse", "--is-shallow-repository") === "false"
      ? git("log", "-1", "--format=%cs", "--", file)
      : "";
  } catch {
    return "";
  }
}
