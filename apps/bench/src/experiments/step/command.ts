import type { CommandDefinition } from "../../command.ts";
import { above, listOf, whole } from "../../options.ts";
import { experimentCommand } from "../run-experiment.ts";
import { stepEngines } from "./engine-protocol.ts";
import { stepModels } from "./problem.ts";

export const stepCommand: CommandDefinition = experimentCommand("step", {
  description:
    "Milliseconds per training step, against TensorFlow.js, PyTorch, JAX and TensorFlow on the same model in the same run.",
  help: `Every engine trains the same network from the same parameters on the same batches, in a process of its own; loss and
gradient are compared with a float64 reference. The engines run one after the other.
Python's libraries are looked for in $STIFFNET_PYTHON, else in the environment that apps/bench/peers/setup makes, else
python3, else /usr/bin/python3.

Examples:
  $ stiffnet step
  $ stiffnet step --models "RES,RES stiff (gelfand)" --rounds 4
  $ stiffnet step --engines stiffnet-native,torch-compile --width 512 --depth 8 --batch 256 --threads 2
  $ stiffnet step --engines stiffnet-wasm,torch-compile --width 100 --batch 64 --json`,
  declare(command) {
    command
      .option("--models <list>", `some of: ${stepModels.join(", ")}`, listOf(stepModels), [
        "RES",
        "RES L2",
        "RES stiff",
      ])
      .option("--engines <list>", `some of: ${stepEngines.join(", ")}`, listOf(stepEngines), [...stepEngines])
      .option("--inputs <n>", "inputs", whole(1), 15)
      .option("--outputs <n>", "outputs", whole(1), 10)
      .option("--width <n>", "dimension of the state", whole(1), 50)
      .option("--depth <n>", "number of residual blocks", whole(1), 16)
      .option("--batch <n>", "samples a step", whole(1), 20)
      .option(
        "--threads <n>",
        "threads of every engine (stiffnet-wasm has one, and is left out where there are more)",
        whole(1, 256),
        1,
      )
      .option("--rounds <n>", "rounds in which the engines take turns", whole(1), 8)
      .option("--seconds-per-round <x>", "time of an engine's turn", above(0), 0.5);
  },
  load: async () => (await import("./experiment.ts")).stepExperiment,
});
