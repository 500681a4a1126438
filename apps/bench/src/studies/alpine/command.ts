import { collect, given, whole } from "@stiffnet/terminal";
import {
  type DataSpec,
  modelsOf,
  type PenaltySpec,
  penalty,
  penaltyHelp,
  type StudyKind,
  type StudyOptions,
} from "@stiffnet/trials";
import { printAlpine } from "./words.ts";

interface OwnOptions extends StudyOptions {
  readonly trainPoints?: number;
  readonly testPoints?: number;
  readonly penalty: readonly PenaltySpec[];
}

export const alpine: StudyKind = {
  name: "alpine",
  help: `
Examples:
  $ stiffnet-bench alpine                                 less than a minute on two cores
  $ stiffnet-bench alpine --preset paper --trials 1       the slide: 10,000 epochs
  $ stiffnet-bench alpine --penalty l2=1e-5 --penalty stiff=1e-3 --out results/penalised
  $ stiffnet-bench alpine --json > alpine.json`,
  addOptions(command) {
    command
      .option("--train-points <n>", "training points (default: 900)", whole(1))
      .option("--test-points <n>", "test points (default: 100)", whole(1))
      .option(
        "--penalty <kind=weight>",
        penaltyHelp("train a penalised model beside the plain one; may be repeated"),
        collect(penalty),
        [],
      );
  },
  configured({ options, file }) {
    const { trainPoints: train, testPoints: test, penalty } = options as OwnOptions;
    return {
      data: { ...file.data, ...given({ train, test }) } as DataSpec,
      ...(penalty.length > 0 && { models: modelsOf([undefined, ...penalty]) }),
    };
  },
  complaint: ({ data }) =>
    data.kind === "function" && data.name === "alpine02" && data.dimension === 2
      ? undefined
      : "data: expected the function alpine02 of dimension 2; 'stiffnet-bench study' takes any data",
  conclude: async (results) => (await import("./report.ts")).concludeAlpine(results),
  print: printAlpine,
};
