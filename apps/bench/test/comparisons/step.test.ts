import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { expectDocument, expectReport } from "../../../../scripts/commands/expect-document.ts";
import { inTurn, said, start, stiffnet, temporaryFolder } from "../../../../scripts/commands/run.ts";
import { needsThat } from "../../../../scripts/needs.ts";
import { findPython } from "../../src/comparisons/peers/python.ts";

/** Options of a network and of a comparison that take a moment. */
const tiny = [
  "--inputs=3",
  "--outputs=2",
  "--width=5",
  "--depth=2",
  "--batch=4",
  "--rounds=1",
  "--seconds-per-round=0.01",
];

/** The engine of each library that starts fastest. */
const pythonEngines = { "torch-eager": "torch", jax: "jax", tensorflow: "tensorflow" };

describe("step", async () => {
  it("times the engines, which train alike, and says what is missing", async () => {
    const out = join(temporaryFolder(), "out");
    // In a process of its own: the others would remember that this one found no Python.
    const { code, stdout, stderr } = await stiffnet(
      [
        "step",
        "--models",
        "RES,RES L2,RES stiff,RES stiff (gelfand)",
        "--out",
        out,
        "--json",
        "--engines",
        "stiffnet-wasm,tfjs-wasm,tfjs-cpu,torch-eager",
        ...tiny,
      ],
      { env: { STIFFNET_PYTHON: "/no/such/python" } },
    );
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    expectDocument(document, out);
    expect(
      document.cases.map((entry: { model: string; engine: string }) => `${entry.model} ${entry.engine}`),
    ).toEqual(
      ["RES", "RES L2", "RES stiff", "RES stiff (gelfand)"].flatMap((model) =>
        (model === "RES stiff" ? ["stiffnet-wasm"] : ["stiffnet-wasm", "tfjs-wasm", "tfjs-cpu"]).map(
          (engine) => `${model} ${engine}`,
        ),
      ),
    );
    for (const entry of document.cases) {
      expect(entry).toMatchObject({ threads: 1, width: 5, depth: 2, batch: 4 });
      expect(entry.ms.p10).toBeLessThanOrEqual(entry.ms.median);
      expect(entry.ms.median).toBeLessThanOrEqual(entry.ms.p90);
    }
    // After the same steps from the same start all engines stand at the same loss.
    for (const { model, lossAfter } of document.cases) {
      const own = document.cases.find((other: { model: string }) => other.model === model);
      expect(Math.abs(lossAfter / own.lossAfter - 1)).toBeLessThan(1e-4);
    }
    expect(stderr).toContain("torch-eager: no Python with torch");
    expectReport(out, "Milliseconds per training step", "tfjs-wasm 4.22.0");
  });

  for (const [engine, module] of Object.entries(pythonEngines)) {
    const program = `import importlib.util as u; assert u.find_spec("${module}"); print()`;
    const there = await findPython("step_engine.py", program, module);
    const options = needsThat("command" in there, `Python with ${module} (apps/bench/peers/setup)`);
    it(`agrees with ${engine}`, { ...options, timeout: 180_000 }, async () => {
      const out = join(temporaryFolder(), "out");
      const { stdout } = await inTurn([
        "step",
        "--engines",
        `stiffnet-wasm,${engine}`,
        "--models",
        "RES,RES L2,RES stiff (gelfand)",
        ...tiny,
        "--out",
        out,
        "--json",
      ]);
      const { cases, missing } = JSON.parse(stdout);
      expect([missing, cases.length]).toEqual([[], 6]);
      for (const entry of cases.filter((other: { engine: string }) => other.engine === engine)) {
        const own = cases.find((other: { model: string }) => other.model === entry.model);
        expect(Math.abs(entry.lossAfter / own.lossAfter - 1)).toBeLessThan(1e-4);
      }
    });
  }

  it("times native kernels beside WebAssembly, and on more threads alone", async () => {
    const timed = async (...more: string[]) => {
      const { stdout } = await inTurn([
        "step",
        "--engines",
        "stiffnet-wasm,stiffnet-native",
        "--models",
        "RES,RES stiff",
        ...tiny,
        "--out",
        temporaryFolder(),
        "--json",
        ...more,
      ]);
      return JSON.parse(stdout);
    };
    const [one, two] = [await timed(), await timed("--threads", "2")];
    const native = (missing: { engine: string; reason: string }[]) =>
      missing.filter(({ engine }) => engine === "stiffnet-native");
    expect(native(one.missing).every(({ reason }) => /native kernels are not built/.test(reason))).toBe(true);
    expect(two.missing).toContainEqual(
      expect.objectContaining({
        engine: "stiffnet-wasm",
        reason: expect.stringContaining("WebAssembly has one thread"),
      }),
    );
    for (const { model, engine, lossAfter, detail } of [...one.cases, ...two.cases]) {
      const [first] = one.cases.filter((entry: { model: string }) => entry.model === model);
      expect([engine, lossAfter]).toEqual([engine, first.lossAfter]);
      expect(detail).toMatch(engine === "stiffnet-wasm" ? /WebAssembly SIMD/ : /native/);
    }
  });

  it("ends while an engine starts, without waiting for it", async () => {
    const out = join(temporaryFolder(), "out");
    const { child, ended } = start([
      "step",
      "--models",
      "RES stiff (gelfand)",
      "--engines",
      "stiffnet-wasm",
      "--out",
      out,
    ]);
    await said(child, "stiffnet-wasm starts");
    child.kill("SIGTERM");
    const { code, stdout } = await ended;
    expect([code, stdout, existsSync(join(out, "summary.json"))]).toEqual([130, "", false]);
  });
});
