// Work-precision on the standard stiff problems: this package against CVODE (C right-hand sides, analytic Jacobians) and
// SciPy, interleaved in one run. Writes work-precision.json and prints a table.
//
//   node bench/run.mjs          after `tsc -b`
//
// CVODE is compiled when g++ and libsundials-dev are there, SciPy used when python3 has it; each is left out otherwise.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import {
  auto,
  bogackiShampine32,
  brusselator,
  dormandPrince54,
  e5,
  esdirk43,
  hires,
  orego,
  pollu,
  radauIIA5,
  rober,
  rodas3,
  rodas5P,
  solve,
  tsitouras54,
  vdpol,
} from "../dist/index.js";

const here = import.meta.dirname;
const reference = JSON.parse(readFileSync(join(here, "../test/reference/brusselator.json"), "utf8"));
const bruss = {
  ...brusselator(100),
  name: "BRUSS",
  reference: reference.points100,
  atolFor: (rtol) => new Array(200).fill(rtol),
};
// Not stiff, for the explicit methods.
const lorenz = {
  name: "LORENZ",
  f: (_t, y, dy) => {
    dy[0] = 10 * (y[1] - y[0]);
    dy[1] = y[0] * (28 - y[2]) - y[1];
    dy[2] = y[0] * y[1] - (8 / 3) * y[2];
  },
  y0: [1, 2, 3],
  tSpan: [0, 2],
  reference: JSON.parse(readFileSync(join(here, "../test/reference/scipy-steps.json"), "utf8")).lorenz2,
  atolFor: (rtol) => [rtol / 10, rtol / 10, rtol / 10],
};
const stiff = [rober, orego, hires, vdpol, e5, pollu, bruss];
const tolerances = [1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9];

/** Largest relative error at the end; E5 is judged by its two species that are left. */
function errorOf(problem, y) {
  const judged = problem.name === "E5" ? [1, 2] : problem.reference.map((_, i) => i);
  return Math.max(...judged.map((i) => Math.abs(y[i] / problem.reference[i] - 1)));
}

function ours(problem, solver, rtol) {
  const atol = problem.atolFor(rtol);
  let best = Number.POSITIVE_INFINITY;
  let run;
  const began = performance.now();
  for (let k = 0; k < 3 || (performance.now() - began < 150 && k < 200); k++) {
    const start = performance.now();
    run = solve(problem, { solver, rtol, atol, saveAt: "end" });
    best = Math.min(best, performance.now() - start);
  }
  return {
    ok: run.status === "finished",
    seconds: best / 1000,
    error: errorOf(problem, run.yEnd),
    steps: run.stats.steps,
  };
}

function buildCvode(folder) {
  const binary = join(folder, "cvode");
  const mpi = "/usr/lib/x86_64-linux-gnu/openmpi/include";
  const libraries = [
    "cvode",
    "nvecserial",
    "sunlinsoldense",
    "sunlinsolband",
    "sunmatrixdense",
    "sunmatrixband",
    "core",
  ];
  const flags = ["-O3", "-march=native", `-I${mpi}`, "-o", binary, join(here, "cvode.cpp")];
  const links = [
    ...libraries.map((name) => `-lsundials_${name}`),
    ...(existsSync(mpi) ? ["-lmpi"] : []),
    "-lm",
  ];
  return spawnSync(process.env.CXX ?? "g++", [...flags, ...links]).status === 0 ? binary : undefined;
}

async function scipy() {
  if (spawnSync("python3", ["-c", "import scipy"]).status !== 0) return undefined;
  const child = spawn("python3", [join(here, "scipy_run.py")], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async run(problem, method, rtol) {
      child.stdin.write(`${JSON.stringify({ problem: problem.name, method, rtol })}\n`);
      const answer = JSON.parse((await lines.next()).value);
      return { ok: answer.ok, seconds: answer.seconds, error: errorOf(problem, answer.y) };
    },
    end: () => child.stdin.end(),
  };
}

/** Seconds to an error of at most this: by interpolation in the logarithms between the runs that no other beats in both, and
 *  the fastest run of all where every run is more accurate than asked. Undefined where none is accurate enough. */
function timeAt(points, error) {
  const usable = points.filter((p) => p.ok && p.error > 0).sort((a, b) => a.error - b.error);
  const front = usable.filter(
    (p) => !usable.some((q) => q !== p && q.error <= p.error && q.seconds <= p.seconds),
  );
  if (front.length === 0 || front[0].error > error) return undefined;
  const next = front.findIndex((p) => p.error > error);
  if (next < 0) return front[front.length - 1].seconds;
  const [a, b] = [front[next - 1], front[next]];
  const x = Math.log(error / a.error) / Math.log(b.error / a.error);
  return a.seconds * (b.seconds / a.seconds) ** x;
}

const folder = mkdtempSync(join(tmpdir(), "integrators-bench-"));
const cvode = buildCvode(folder);
const python = await scipy();
const results = [];
const add = (problem, name, rtol, run) =>
  results.push({ problem: problem.name, n: problem.y0.length, name, rtol, ...run });
const implicit = [rodas5P, radauIIA5, esdirk43, rodas3];
const explicit = [tsitouras54, dormandPrince54, bogackiShampine32];
for (const problem of stiff) {
  for (const rtol of tolerances) {
    if (cvode) {
      const out = execFileSync(cvode, [problem.name, String(rtol), "30"], {
        encoding: "utf8",
        // Where it gives up (E5), the result says so too.
        stdio: ["ignore", "pipe", "ignore"],
      });
      const { ok, seconds, steps, y } = JSON.parse(out);
      add(problem, "CVODE", rtol, { ok, seconds, steps, error: errorOf(problem, y) });
    }
    for (const solver of implicit) {
      // Of order 3: hopeless below.
      if (solver !== rodas3 || rtol > 1e-6) add(problem, solver.name, rtol, ours(problem, solver, rtol));
    }
    add(problem, "auto", rtol, ours(problem, auto(), rtol));
    if (python && rtol >= 1e-8) {
      for (const method of ["Radau", "BDF", "LSODA"]) {
        add(problem, `SciPy ${method}`, rtol, await python.run(problem, method, rtol));
      }
    }
  }
}
for (const rtol of [...tolerances, 1e-10, 1e-11]) {
  for (const solver of explicit) add(lorenz, solver.name, rtol, ours(lorenz, solver, rtol));
  for (const method of python ? ["RK45", "DOP853", "LSODA"] : []) {
    add(lorenz, `SciPy ${method}`, rtol, await python.run(lorenz, method, rtol));
  }
}
python?.end();
rmSync(folder, { recursive: true });

const table = (problems, names, rivals, errors) => {
  const rows = [];
  for (const problem of problems) {
    const of = (name) => results.filter((r) => r.problem === problem.name && r.name === name);
    for (const error of errors) {
      const mine = names.map((name) => [name, timeAt(of(name), error)]).filter(([, t]) => t !== undefined);
      if (mine.length === 0) continue;
      const [name, seconds] = mine.reduce((a, b) => (b[1] < a[1] ? b : a));
      const ratios = rivals.map((rival) => {
        const t = timeAt(of(rival), error);
        return t === undefined ? "-" : `${Number((t / seconds).toPrecision(2))}`;
      });
      rows.push([problem.name, problem.y0.length, error.toExponential(0), name, ...ratios]);
    }
  }
  const header = ["problem", "unknowns", "error", "fastest here", ...rivals];
  console.log(
    `${[header, header.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n")}\n`,
  );
};
console.log("Time of the others as a multiple of the time here, at equal error:\n");
const rivals = ["CVODE", "SciPy Radau", "SciPy BDF", "SciPy LSODA"];
table(stiff, [...implicit.map((s) => s.name), "auto"], rivals, [1e-3, 1e-5, 1e-7]);
table(
  [lorenz],
  explicit.map((s) => s.name),
  ["SciPy RK45", "SciPy DOP853", "SciPy LSODA"],
  [1e-3, 1e-6, 1e-9],
);
const target = join(here, "work-precision.json");
writeFileSync(`${target}.part`, `${JSON.stringify({ node: process.version, results }, null, 1)}\n`);
renameSync(`${target}.part`, target);
