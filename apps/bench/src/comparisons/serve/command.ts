import { join } from "node:path";
import { inScratchFolder } from "@stiffnet/base/files";
import {
  addOut,
  addSeed,
  addWorkers,
  BenchError,
  type CommandDefinition,
  type CommonOptions,
  list,
  whole,
} from "@stiffnet/terminal";
import { configOf, modelFile, runExperiment } from "@stiffnet/trials";
import type { ServeConfig } from "./words.ts";

type ServeOptions = CommonOptions & Omit<ServeConfig, "format" | "command" | "model">;

export const serveCommand: CommandDefinition<ServeOptions> = {
  help: `Without a model: 15 inputs, 10 outputs, width 50, depth 16, not trained, drawn by --seed. All services run in one
process and in one a core; --workers are the inference threads of stiffnet-serve's one. Beside the services stand two
limits: Node's HTTP server with the same bodies and nothing behind it, and onnxruntime-node called in the process,
without HTTP. stiffnet-serve is asked in JSON, and with tensors as bytes as tritonclient sends them; FastAPI and BentoML in JSON.
Everything runs on this machine, the client too (wrk where it is installed, else one in Node). Python with their
libraries is looked for in $STIFFNET_PYTHON, else where apps/bench/peers/setup puts it, else python3.

Examples:
  $ stiffnet-bench serve
  $ stiffnet-bench serve results/train --connections 16 --rows 1,64,1024
  $ stiffnet-bench serve model.onnx --rounds 1 --seconds 1 --json`,
  declare(command) {
    command
      .argument(
        "[model]",
        "ONNX file that stiffnet exported, or a results folder with one (default: see below)",
      )
      .option("--rows <list>", "rows of a request", list(whole(1, 65_536)), [1, 64])
      .option("--connections <list>", "connections at one time", list(whole(1, 4096)), [1, 16, 256])
      .option("--rounds <n>", "rounds in which the services take turns", whole(1), 3)
      .option("--seconds <n>", "time of a service's turn", whole(1), 3)
      .option("--warm-up <n>", "seconds that each is asked before its first turn of a case", whole(1), 5);
    addWorkers(addSeed(addOut(command, "results/serve")));
  },
  async run(options, [source]) {
    const { inspectOnnx, requireSurrogate } = await import("@stiffnet/onnx");
    const { serveExperiment } = await import("./experiment.ts");
    return inScratchFolder("serve", async (folder) => {
      const file = source === undefined ? await usualModel(folder, options.seed) : modelFile(source);
      const description = await inspectOnnx(file);
      const { sha256 } = description;
      const surrogate = requireSurrogate(description, file);
      const { inputs, outputs, dtype, config } = surrogate;
      if (config.kind === "gaussianProcess") {
        throw new BenchError(`${file}: holds a Gaussian process, expected a network`);
      }
      const { width, depth } = config;
      const model = { sha256, inputs: inputs.length, outputs: outputs.length, width, depth };
      return runExperiment(options, { ...configOf("serve", options), model }, serveExperiment(file, dtype));
    });
  },
};

/** The sizes of the slides. */
async function usualModel(folder: string, seed: number): Promise<string> {
  const { resnet } = await import("@stiffnet/core");
  const { exportOnnx } = await import("@stiffnet/onnx");
  const network = resnet({ inputs: 15, outputs: 10, width: 50, depth: 16, activation: "tanh", seed });
  return (await exportOnnx(network, join(folder, "model.onnx"))).path;
}
