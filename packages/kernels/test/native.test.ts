import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { describe, expect, it } from "vitest";
import { arm64Node } from "../../../scripts/arm64.mjs";
import { needsThat } from "../../../scripts/needs.ts";
import { kernelEngines } from "../src/index.ts";
import { compareWithWasm } from "./compare.ts";

/** Native kernels leave the bits of WebAssembly's. */

const native = kernelEngines().includes("native");

describe("native kernels", needsThat(native, "a C compiler (npm run build:native)"), () => {
  it("leave WebAssembly's bits in every kernel", { timeout: 300_000 }, () => {
    const { called, all } = compareWithWasm("native", 250);
    expect(called).toBe(all);
  });
});

const neon = fileURLToPath(new URL("../npm/linux-arm64-gnu/kernels.node", import.meta.url));
const arm64 = arm64Node();
const there = existsSync(neon) && arm64 !== undefined;

describe("arm64", needsThat(there, "what scripts/arm64.mjs names, and npm/linux-arm64-gnu"), () => {
  it("native kernels leave WebAssembly's bits in every kernel, emulated", { timeout: 600_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "stiffnet-arm64-"));
    const bundle = await rolldown({
      input: fileURLToPath(new URL("./compare-main.ts", import.meta.url)),
      platform: "node",
      resolve: { conditionNames: ["@stiffnet/source", "import", "default"] },
    });
    await bundle.write({ file: join(folder, "compare.mjs"), format: "esm" });
    copyFileSync(neon, join(folder, "kernels.node"));
    const [program, ...args] = arm64!;
    const { status, stdout, stderr } = spawnSync(program!, [...args, join(folder, "compare.mjs"), "25"], {
      env: { ...process.env, STIFFNET_KERNELS_FOLDER: folder },
      encoding: "utf8",
    });
    expect([status, stderr]).toEqual([0, ""]);
    const { called, all } = JSON.parse(stdout) as { called: number; all: number };
    expect(called).toBe(all);
  });
});
