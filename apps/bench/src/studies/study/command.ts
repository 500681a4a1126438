import { BenchError, collect, given, unset } from "@stiffnet/terminal";
import {
  type Assignment,
  addDataOptions,
  assignment,
  comparedModels,
  type DataOptions,
  dataOf,
  penaltyHelp,
  refuseWithoutData,
  type StudyFile,
  type StudyKind,
  type StudyOptions,
  type Sweep,
} from "@stiffnet/trials";
import { printStudy } from "./words.ts";

interface OwnOptions extends StudyOptions, DataOptions {
  readonly data?: readonly string[];
  readonly models?: StudyFile["models"];
  readonly sweep: readonly Assignment[];
}

export const study: StudyKind = {
  name: "study",
  help: `
Examples:
  $ stiffnet-bench study --preset quick                         about a minute
  $ stiffnet-bench study                                        the published sizes: 75 networks, ten minutes or more
  $ stiffnet-bench study --preset alpine                        the published test function, Alpine 02
  $ stiffnet-bench study --data ensemble.csv --inputs 1-15 --outputs 16-25 --trials 10
  $ stiffnet-bench study --preset quick --models stiff=1e-3 --sweep lambda=1e-4,1e-3,1e-2 --out results/lambda
  $ stiffnet-bench study --preset quick --sweep trainRows=200,1000 --sweep width=10,20 --out results/sizes
  $ stiffnet-bench study --preset quick --models res --weights cubic --sweep solver=euler,rk4,implicitMidpoint --out results/ode
  $ stiffnet-bench study --config study.json --set training.rate=3e-3 --show-config
  $ stiffnet-bench study --json > study.json
  $ stiffnet-bench study --queue redis://10.0.0.1:6379          trained by 'stiffnet-bench work' on other machines
  $ stiffnet-bench study --shard 2/8; stiffnet-bench merge results/study`,
  addOptions(command) {
    command
      .addOption(
        unset(
          "--data <words...>",
          "data to train on: the DALEC land model (dalec:site or dalec:global), a test function such as function:ishigami or function:ackley:5, or your own files with --inputs and --outputs",
          "dalec:site",
        ),
      )
      .addOption(
        unset(
          "--models <list>",
          penaltyHelp("models to compare with the first one: res has no penalty, the others have one"),
          "res,l2=1e-5,stiff:sum=1e-3",
          comparedModels,
        ),
      )
      .option(
        "--sweep <field=values>",
        "train one model for each of these values, as in lambda=1e-4,1e-3 width=20,50 depth=8,16 trainRows=500,1996 solver=euler,rk4; may be repeated",
        collect(assignment("lambda=1e-4,1e-3")),
        [],
      );
    addDataOptions(command, { validation: 0 });
  },
  configured({ command, options, file }) {
    const { data, models, sweep } = options as OwnOptions;
    if (data === undefined) refuseWithoutData(command, "--data");
    return {
      ...given({ data: data && dataOf(data, options as OwnOptions, command), models }),
      ...(sweep.length > 0 && { sweep: { ...file.sweep, ...sweepOf(sweep) } }),
    };
  },
  conclude: async (results) => (await import("./report.ts")).concludeStudy(results),
  print: printStudy,
};

/** The schema refuses texts that are not numbers. */
function sweepOf(assignments: readonly Assignment[]): Sweep {
  const numberOrText = (text: string): number =>
    text.trim() === "" || Number.isNaN(Number(text)) ? (text as unknown as number) : Number(text);
  const twice = assignments.find(({ name }, k) => assignments.findIndex((other) => other.name === name) < k);
  if (twice !== undefined) throw new BenchError(`--sweep ${twice.name}: is given twice, expected once`);
  return Object.fromEntries(assignments.map(({ name, value }) => [name, value.split(",").map(numberOrText)]));
}
