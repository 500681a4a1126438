import { createRequire } from "node:module";
import { dirname } from "node:path";
import util from "node:util";
import { type Checks, oneOf, StiffnetError, whole } from "@stiffnet/base";
import { requireOptions } from "@stiffnet/core";

export type TensorFlow = typeof import("@tensorflow/tfjs");

/** In the order of trial: the native library of `@tensorflow/tfjs-node`, WebAssembly, plain JavaScript. */
export const tfjsBackends = ["tensorflow", "wasm", "cpu"] as const;
export type TfjsBackend = (typeof tfjsBackends)[number];

export interface TensorFlowOptions {
  /** The only one to try; the first of `tfjsBackends` that starts by default. */
  readonly backend?: TfjsBackend;
  /** Threads of the tensorflow and wasm backends, 1 by default; what counts is the first start of each in a
   *  process. */
  readonly threads?: number;
}

export const tensorFlowChecks: Checks<TensorFlowOptions> = {
  backend: oneOf(...tfjsBackends),
  threads: whole(1),
};

export interface StartedTensorFlow {
  readonly tf: TensorFlow;
  readonly backend: TfjsBackend;
  readonly version: string;
  /** Backends tried before, with why each did not start. */
  readonly skipped: readonly { readonly backend: TfjsBackend; readonly reason: string }[];
}

const packages: Readonly<Record<TfjsBackend, readonly string[]>> = {
  tensorflow: ["@tensorflow/tfjs-node"],
  wasm: ["@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm"],
  cpu: ["@tensorflow/tfjs"],
};

/** Those of the packages of a backend that cannot be found. */
export function missingPackages(backend: TfjsBackend): string[] {
  const { resolve } = createRequire(import.meta.url);
  return packages[backend].filter((name) => {
    try {
      resolve(name);
      return false;
    } catch {
      return true;
    }
  });
}

type Import = (name: string) => Promise<unknown>;

/** Starts TensorFlow.js on the first backend that computes. Throws a `StiffnetError` (`tensorflow_missing`)
 *  that names the packages to install where none does. */
export function startTensorFlow(options: TensorFlowOptions = {}): Promise<StartedTensorFlow> {
  return startFrom((name) => import(name), options);
}

/** `startTensorFlow` on packages from `load`. */
export async function startFrom(load: Import, options: TensorFlowOptions = {}): Promise<StartedTensorFlow> {
  requireOptions("tfjs", options, tensorFlowChecks);
  const { backend: only, threads = 1 } = options;
  const skipped: { backend: TfjsBackend; reason: string }[] = [];
  for (const backend of only === undefined ? tfjsBackends : [only]) {
    try {
      const tf = await start(backend, threads, load);
      return { tf, backend, version: tf.version["tfjs-core"], skipped };
    } catch (error) {
      skipped.push({ backend, reason: reasonOf(error) });
    }
  }
  const why = skipped.map(({ backend, reason }) => `${backend}: ${reason}`).join("; ");
  throw new StiffnetError(
    `tfjs: TensorFlow.js did not start (${why}); npm install ${packages[only ?? "wasm"].join(" ")}`,
    { code: "tensorflow_missing" },
  );
}

async function start(backend: TfjsBackend, threads: number, load: Import): Promise<TensorFlow> {
  if (backend === "tensorflow") prepareNative(threads);
  const unmuted = muteAdvertisements();
  try {
    const tf = moduleOf<TensorFlow>(await load(packages[backend][0]!));
    if (backend === "wasm") {
      const name = packages.wasm[1]!;
      const wasm = moduleOf<typeof import("@tensorflow/tfjs-backend-wasm")>(await load(name));
      if (tf.engine().registry.wasm === undefined) {
        wasm.setWasmPaths(`${dirname(createRequire(import.meta.url).resolve(name))}/`);
        wasm.setThreadsCount(threads);
      }
    }
    if (!(await tf.setBackend(backend))) throw new Error("its backend did not start");
    probe(tf);
    return tf;
  } finally {
    unmuted();
  }
}

/** The native library reads its threads and what it logs from the environment, when it is loaded. */
function prepareNative(threads: number): void {
  const { env } = process;
  env.TF_CPP_MIN_LOG_LEVEL ??= "2";
  env.TF_NUM_INTRAOP_THREADS ??= String(threads);
  env.TF_NUM_INTEROP_THREADS ??= "1";
  // tfjs-node 4.22 calls what Node 22 warns of and Node 24 no longer has.
  Object.assign(util, {
    isNullOrUndefined: (value: unknown) => value === undefined || value === null,
    isArray: Array.isArray,
  });
}

/** A small computation: an installed library need not work in this version of Node. */
function probe(tf: TensorFlow): void {
  const product = tf.tidy(() => tf.matMul([[1, 2]], [[3], [4]]).dataSync()[0]);
  if (product !== 11) throw new Error(`1 x 3 + 2 x 4 came out as ${product}`);
}

/** The first tensor of a process brings an advertisement, and a second copy of the library, as tfjs-node may
 *  have, a line for every kernel that the first has registered too. Returns what ends it. */
function muteAdvertisements(): () => void {
  const { warn } = console;
  console.warn = (...said: unknown[]) => {
    if (!/Hi, looks like you are running|already registered|already been set/.test(String(said[0])))
      warn(...said);
  };
  return () => {
    console.warn = warn;
  };
}

/** CommonJS packages arrive as `default`. */
function moduleOf<T>(imported: unknown): T {
  const { default: inner } = imported as { default?: T };
  return inner ?? (imported as T);
}

/** One line, without the paths of this machine. */
function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  const text = String(message ?? error).split("\n")[0]!;
  const missing = /Cannot find (?:package|module) '([^']+)'/.exec(text);
  if (missing && (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND")) {
    return `${missing[1]} is not installed`;
  }
  return text.replace(/ at path:.*/, "");
}
