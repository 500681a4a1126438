import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { beforeAll, describe, expect, it } from "vitest";
import { needsThat } from "../../../scripts/needs.ts";
import { kernelEngines } from "../src/index.ts";

/** Bad machines: WebAssembly or the right native kernels, the same bits, at most one line, never a crash. */

const native = kernelEngines().includes("native");
const folder = mkdtempSync(join(tmpdir(), "stiffnet-machines-"));
const built = fileURLToPath(new URL(`../native/${process.platform}-${process.arch}/`, import.meta.url));

/** A program of its own, as users have it: one file, that trains nothing but calls the kernels. */
const program = `
import { createKernels } from "${fileURLToPath(new URL("../src/index.ts", import.meta.url))}";
import { createNetwork, unchecked } from "${fileURLToPath(new URL("../src/unchecked.ts", import.meta.url))}";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
function run() {
  const kernels = unchecked(createKernels());
  const shape = { inputs: 3, outputs: 2, width: 40, depth: 3, activation: "tanh", lift: "tanh", alpha: 0.3 };
  const size = 40 * 4 + 3 * 40 * 41 + 2 * 41;
  const network = createNetwork(kernels, shape, { size, capacity: 24, penalty: false });
  network.setBatch(24);
  for (let i = 0; i < size; i++) network.parameters.array[i] = Math.fround((i % 17) / 17 - 0.4);
  for (let step = 0; step < 20; step++) {
    kernels.call.forward(network.struct);
    kernels.call.residual(network.struct);
    kernels.call.backward(network.struct);
  }
  let sum = 0;
  network.gradient.array.forEach((g, i) => { sum += g * (i % 13); });
  return { engine: kernels.engine, sum };
}
if (!isMainThread) {
  parentPort.postMessage([run(), run()]);
} else if (process.argv[2] === "workers") {
  const file = new URL(import.meta.url);
  const all = Array.from({ length: 4 }, () => new Promise((resolve, reject) => {
    new Worker(file).on("message", resolve).on("error", reject);
  }));
  console.log(JSON.stringify((await Promise.all(all)).flat()));
} else {
  console.log(JSON.stringify([run(), run()]));
}
`;
const file = join(folder, "program.mjs");

interface Outcome {
  readonly runs: { engine: string; sum: number }[];
  readonly lines: string[];
}

function start(env: Record<string, string>, words: string[] = [], node: string[] = []): Outcome {
  const { status, stdout, stderr, signal } = spawnSync(process.execPath, [...node, file, ...words], {
    env: { ...process.env, NODE_NO_WARNINGS: "1", STIFFNET_KERNELS_FOLDER: built, ...env },
    encoding: "utf8",
  });
  expect([status, signal], stderr).toEqual([0, null]);
  return { runs: JSON.parse(stdout), lines: stderr.split("\n").filter(Boolean) };
}

/** A folder of addons, each made of the machine's own. */
function folderOf(name: string, make: (bytes: Buffer) => Buffer): string {
  const made = join(folder, name);
  mkdirSync(made);
  for (const addon of readdirSync(built).filter((entry) => entry.endsWith(".node"))) {
    writeFileSync(join(made, addon), make(readFileSync(join(built, addon))));
  }
  return made;
}

describe("bad machines", needsThat(native, "a C compiler (npm run build:native)"), () => {
  let expected = 0;

  beforeAll(async () => {
    const source = join(folder, "source.mjs");
    writeFileSync(source, program);
    const bundle = await rolldown({
      input: source,
      platform: "node",
      resolve: { conditionNames: ["@stiffnet/source", "node", "import"] },
    });
    await bundle.write({ file, format: "esm" });
    expected = start({ STIFFNET_KERNELS: "wasm" }).runs[0]!.sum;
  });

  const expectRuns = ({ runs, lines }: Outcome, engine: string | RegExp, said: RegExp[] = []) => {
    for (const run of runs) {
      expect(run.engine).toMatch(engine);
      expect(run.sum).toBe(expected);
    }
    expect(lines).toHaveLength(said.length);
    said.forEach((pattern, i) => {
      expect(lines[i]).toMatch(pattern);
    });
  };

  it("an ordinary one takes the best", () => {
    expectRuns(start({ STIFFNET_KERNELS: "native" }), "native");
  });

  it("an addon of another architecture", needsThat(process.platform === "linux", "Linux"), () => {
    // The machine in an ELF header: 18 bytes in. 243 is RISC-V.
    const other = folderOf("other", (bytes) =>
      Buffer.concat([bytes.subarray(0, 18), Buffer.from([243, 0]), bytes.subarray(20)]),
    );
    expectRuns(start({ STIFFNET_KERNELS_FOLDER: other }), /^wasm$/, [
      /^kernels: native fails .*WebAssembly is used$/,
    ]);
  });

  it("a corrupt addon, and one of other sources", () => {
    const corrupt = folderOf("corrupt", (bytes) => bytes.subarray(0, 1000));
    expectRuns(start({ STIFFNET_KERNELS_FOLDER: corrupt }), /^wasm$/, [/^kernels: native fails/]);
    const empty = folderOf("empty", () => Buffer.alloc(0));
    expectRuns(start({ STIFFNET_KERNELS_FOLDER: empty }), /^wasm$/, [/^kernels: native fails/]);
    const nowhere = { STIFFNET_KERNELS_FOLDER: join(folder, "nowhere") };
    expectRuns(start(nowhere), /^wasm$/);
    const refused = start({ ...nowhere, STIFFNET_KERNELS: "native" });
    expectRuns(refused, /^wasm$/, [/^kernels: native is missing, .* WebAssembly is used$/]);
  });

  it("says once that the threads that were asked for are not there", () => {
    const nowhere = { STIFFNET_KERNELS_FOLDER: join(folder, "nowhere"), STIFFNET_THREADS: "3" };
    expectRuns(start(nowhere), /^wasm$/, [
      /^kernels: native, which 3 threads need, is missing, .*one thread of WebAssembly is used$/,
    ]);
  });

  it("an installed package of this platform, of either C library where both are there", () => {
    const { platform, arch } = process;
    const names = platform === "linux" ? ["gnu", "musl"].map((libc) => `linux-${arch}-${libc}`) : [];
    for (const name of names.length > 0 ? names : [`${platform}-${arch}`]) {
      const at = join(folder, "node_modules", "@stiffnet", `kernels-${name}`);
      mkdirSync(at, { recursive: true });
      writeFileSync(join(at, "package.json"), "{}");
      cpSync(built, at, { recursive: true });
    }
    expectRuns(start({ STIFFNET_KERNELS_FOLDER: "" }), "native");
    rmSync(join(folder, "node_modules"), { recursive: true });
  });

  it("a folder that nobody may write to", () => {
    const closed = folderOf("closed", (bytes) => bytes);
    for (const addon of readdirSync(closed)) chmodSync(join(closed, addon), 0o444);
    chmodSync(closed, 0o555);
    expectRuns(start({ STIFFNET_KERNELS_FOLDER: closed }), /^native$|^wasm$/);
    chmodSync(closed, 0o755);
  });

  it("Node's permission model without addons", () => {
    const flag =
      Number(process.versions.node.split(".")[0]) < 23 ? "--experimental-permission" : "--permission";
    const outcome = start({}, [], [flag, "--allow-fs-read=*"]);
    expectRuns(outcome, /^wasm$/, [/^kernels: native fails .*WebAssembly is used$/]);
  });

  it("several networks in several worker threads, each with threads of its own", () => {
    const { runs, lines } = start({ STIFFNET_KERNELS: "native", STIFFNET_THREADS: "3" }, ["workers"]);
    expect(runs).toHaveLength(8);
    expectRuns({ runs, lines }, "native");
  });
});
