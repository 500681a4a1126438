import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { BenchError } from "../../errors.ts";
import { modelFile } from "../../model-file.ts";
import { addCommonOptions, type CommonOptions, numbers, whole } from "../../options.ts";
import { createOutput } from "../../output.ts";
import { writeJson, writeWhole } from "../../runner/files.ts";
import { openPlainFolder } from "../../runner/plain-folder.ts";
import { machine, versions } from "../../versions.ts";
import { findClient } from "./client.ts";
import { compareServices } from "./compare.ts";
import { findPythonService } from "./python.ts";
import type { ServeSummary } from "./report.ts";

interface ServeOptions extends CommonOptions {
  readonly rows: readonly number[];
  readonly connections: readonly number[];
  readonly seconds: number;
  readonly rounds: number;
}

export function serveCommand(done: (exitCode: number) => void): Command {
  const command = new Command("serve")
    .description(
      "Requests a second and latencies of stiffnet-serve, against a FastAPI service on the same model in the same run.",
    )
    .argument(
      "[model]",
      "ONNX file that stiffnet exported, or a results folder with one (default: see below)",
    )
    .option("--rows <list>", "rows of a request", numbers(whole(1, 65_536)), [1, 64])
    .option("--connections <list>", "connections at one time", numbers(whole(1, 4096)), [1, 16, 256])
    .option("--rounds <n>", "rounds in which the services take turns", whole(1), 3)
    .option("--seconds <n>", "time of a service's turn", whole(1), 3);
  addCommonOptions(command, { out: "results/serve" });
  return command
    .addHelpText(
      "after",
      `
Without a model: 15 inputs, 10 outputs, width 50, depth 16, not trained, drawn by --seed. Both services run in one
process and in one a core; --workers are the inference threads of stiffnet-serve's one. Beside the services stand two
limits: Node's HTTP server with the same bodies and nothing behind it, and onnxruntime-node called in the process,
without HTTP. Everything runs on this machine, the client too (wrk where it is installed, else one in Node). Python with
fastapi, uvicorn, numpy and onnxruntime is looked for in $STIFFNET_PYTHON, else python3, else /usr/bin/python3.

Examples:
  $ stiffnet serve
  $ stiffnet serve results/train --connections 16 --rows 1,64,1024
  $ stiffnet serve model.onnx --rounds 1 --seconds 1 --json`,
    )
    .action(async (model: string | undefined, options: ServeOptions) => {
      done(await serve(model, options));
    });
}

async function serve(source: string | undefined, options: ServeOptions): Promise<number> {
  const output = createOutput(options.json);
  const { inspectOnnx } = await import("@stiffnet/onnx");
  const folder = mkdtempSync(join(tmpdir(), "stiffnet-serve-"));
  try {
    const model = source === undefined ? await usualModel(folder, options.seed) : modelFile(source);
    const { surrogate, sha256 } = await inspectOnnx(model);
    if (surrogate === undefined) {
      throw new BenchError(`${model}: an ONNX file, but not one that stiffnet exported`, {
        code: "not_a_surrogate",
      });
    }
    const { rows, connections, rounds, seconds, workers, seed } = options;
    const { inputs, outputs, dtype, config: network } = surrogate;
    const config = {
      format: 1,
      command: "serve",
      seed,
      model: {
        sha256,
        inputs: inputs.length,
        outputs: outputs.length,
        width: network.width,
        depth: network.depth,
      },
      ...{ rows, connections, rounds, seconds, workers },
    } as const;
    const files = openPlainFolder(resolve(options.out), config);
    const began = performance.now();
    const stop = new AbortController();
    const onSignal = (): void => stop.abort();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, onSignal);
    const python = dtype === "float32" ? await findPythonService() : undefined;
    const missing =
      python !== undefined
        ? []
        : [
            dtype === "float32"
              ? "FastAPI: no Python with fastapi, uvicorn, numpy and onnxruntime was found (set STIFFNET_PYTHON to one)"
              : "FastAPI: the Python service takes float32 models only",
          ];
    for (const text of missing) output.note(`serve: ${text}`);
    const client = findClient();
    const { cases, digest } = await compareServices({
      ...{
        model,
        columns: inputs.length,
        dtype,
        rows,
        connections,
        rounds,
        seconds,
        workers,
        python,
        client,
      },
      processes: [...new Set([1, availableParallelism()])],
      signal: stop.signal,
      onProgress: (text) => output.note(`serve: ${text}`),
    }).catch((error: Error) => {
      if (stop.signal.aborted) return { cases: undefined, digest: "" };
      throw error;
    });
    if (cases === undefined) {
      output.note("stiffnet: interrupted; timings cannot be resumed, nothing was written");
      return 130;
    }
    const summary: ServeSummary = {
      command: "serve",
      config,
      digest,
      engine: "onnxruntime-node",
      versions: { ...versions(), ...(python && { python: python.versions }) },
      machine: machine(),
      client,
      seconds: (performance.now() - began) / 1000,
      models: [],
      cases,
      missing,
      files,
    };
    const { printServe, servePage } = await import("./report.ts");
    writeWhole(files.report, servePage(summary));
    writeJson(files.summary, summary);
    output.document(summary);
    output.result(printServe(summary));
    return cases.some(({ failed }) => failed > 0) ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The sizes of the slides. */
async function usualModel(folder: string, seed: number): Promise<string> {
  const [{ resnet }, { exportOnnx }] = await Promise.all([
    import("@stiffnet/core"),
    import("@stiffnet/onnx"),
  ]);
  const network = resnet({ inputs: 15, outputs: 10, width: 50, depth: 16, activation: "tanh", seed });
  return (await exportOnnx(network, join(folder, "model.onnx"))).path;
}
