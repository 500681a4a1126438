import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { BenchError } from "../../errors.ts";
import { modelFile } from "../../model-file.ts";
import { addCommonOptions, type CommonOptions, list, whole } from "../../options.ts";
import { configOf, runExperiment } from "../run-experiment.ts";
import type { ServeConfig } from "./words.ts";

interface ServeOptions extends CommonOptions, Omit<ServeConfig, "format" | "command" | "model"> {}

export function serveCommand(done: (exitCode: number) => void): Command {
  const command = new Command("serve")
    .description(
      "Requests a second and latencies of stiffnet-serve, against a FastAPI service on the same model in the same run.",
    )
    .argument(
      "[model]",
      "ONNX file that stiffnet exported, or a results folder with one (default: see below)",
    )
    .option("--rows <list>", "rows of a request", list(whole(1, 65_536)), [1, 64])
    .option("--connections <list>", "connections at one time", list(whole(1, 4096)), [1, 16, 256])
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
  const [{ inspectOnnx }, { serveExperiment }] = await Promise.all([
    import("@stiffnet/onnx"),
    import("./experiment.ts"),
  ]);
  const folder = mkdtempSync(join(tmpdir(), "stiffnet-serve-"));
  try {
    const file = source === undefined ? await usualModel(folder, options.seed) : modelFile(source);
    const { surrogate, sha256 } = await inspectOnnx(file);
    if (surrogate === undefined) {
      throw new BenchError(`${file}: an ONNX file, but not one that stiffnet exported`, {
        code: "not_a_surrogate",
      });
    }
    const { inputs, outputs, dtype, config } = surrogate;
    const { width, depth } = config;
    const model = { sha256, inputs: inputs.length, outputs: outputs.length, width, depth };
    return await runExperiment(
      options,
      { ...configOf("serve", options), model },
      serveExperiment(file, dtype),
    );
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
