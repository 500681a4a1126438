import type { CommandDefinition } from "@stiffnet/terminal";
import { experimentCommand } from "@stiffnet/trials";
import { stepOptions } from "./words.ts";

export const stepCommand: CommandDefinition = experimentCommand("step", {
  help: `Every engine trains the same network from the same parameters on the same batches, in a process of its own; loss and
gradient are compared with a float64 reference. The engines run one after the other.
Python's libraries are looked for in $STIFFNET_PYTHON, else in the environment that apps/bench/peers/setup makes, else
python3, else /usr/bin/python3.

Examples:
  $ stiffnet-bench step
  $ stiffnet-bench step --models "RES,RES stiff (gelfand)" --rounds 4
  $ stiffnet-bench step --engines stiffnet-native,torch-compile --width 512 --depth 8 --batch 256 --threads 2
  $ stiffnet-bench step --engines stiffnet-wasm,torch-compile --width 100 --batch 64 --json`,
  options: stepOptions,
  load: async () => (await import("./experiment.ts")).stepExperiment,
});
