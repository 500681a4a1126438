import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BenchError } from "@stiffnet/terminal";
import {
  checked,
  type DataSpec,
  type ModelSpec,
  type PenaltySpec,
  readJson,
  type StudyConfig,
} from "@stiffnet/trials";

/** One combination of data set, size and network. All models are trained on it. */
export interface Cell {
  readonly name: string;
  /** A table's file is a name in the folder of --tables. */
  readonly data: DataSpec;
  readonly network: Pick<StudyConfig["network"], "width" | "depth" | "horizon">;
  readonly training: Pick<StudyConfig["training"], "epochs" | "batchSize">;
}

export interface PlannedPenalty extends Pick<PenaltySpec, "kind" | "aggregate"> {
  readonly name: string;
  /** As the slides have it, untuned. */
  readonly slides?: number;
}

/** The trainings, their comparison and the rule of the answer, written before the runs. */
export interface Plan {
  readonly format: 1;
  readonly command: "question";
  readonly seed: number;
  readonly initialisations: number;
  readonly rate: number;
  /** Share of a batch's samples that each stiffness penalty evaluates. */
  readonly subset: number;
  readonly weights: readonly number[];
  readonly penalties: readonly PlannedPenalty[];
  /** The two that the answer compares. */
  readonly primary: { readonly model: string; readonly against: string };
  /** An effect: a test error lower by this share; and the level of the tests. */
  readonly effect: number;
  readonly level: number;
  /** Whether all outcomes of every penalty are compared with no penalty, not those of the primary alone. */
  readonly everyPenalty?: boolean;
  readonly measuredOn: number;
  /** In standard deviations of each input, as the network sees it; and of the box's width, on each side. */
  readonly inputNoise: number;
  readonly outside: number;
  readonly cells: readonly Cell[];
}

/** The plan of a folder: plan.json, which must be the one that plan.md tells of. */
export function readPlan(folder: string): Plan {
  const [file, words] = [join(folder, "plan.json"), join(folder, "plan.md")];
  const plan = readJson(file) as Plan;
  const written = /^Configuration: `([0-9a-f]{64})`/m.exec(readFileSync(words, "utf8"))?.[1];
  const digest = planDigest(plan);
  if (written !== digest) {
    throw new BenchError(
      `${file}: its digest is ${digest}, but ${words} was written for ${written ?? "none"}; a plan is not changed after the fact`,
    );
  }
  return plan;
}

/** SHA-256 of the configuration, however it is laid out. */
export function planDigest(plan: Plan): string {
  return createHash("sha256").update(JSON.stringify(plan)).digest("hex");
}

export const plainName = "plain";

/** A weight of a penalty, and the model that is trained with it. */
export interface Candidate {
  readonly weight: number;
  readonly model: ModelSpec;
}

/** The candidates of a tuned penalty: no penalty, and each weight. */
export function candidatesOf(plan: Plan, cell: Cell, penalty: PlannedPenalty): Candidate[] {
  const weighted = plan.weights.map((weight) => ({ weight, model: modelOf(plan, cell, penalty, weight) }));
  return [{ weight: 0, model: { name: plainName } }, ...weighted];
}

/** A sum over N layers is N times their mean, so that its square with weight w is that of the mean with
 *  N^2 w. It is trained so: models of both that are the same are trained once. */
function modelOf(
  plan: Plan,
  { network: { depth } }: Cell,
  { kind, aggregate }: PlannedPenalty,
  given: number,
): ModelSpec {
  if (kind === "l2") return { name: `l2 ${given}`, penalty: { kind, weight: given } };
  const weight = Number((aggregate === "sum" ? given * depth ** 2 : given).toPrecision(12));
  return { name: `${kind} ${weight}`, penalty: { kind, weight, subset: plan.subset } };
}

/** The study of a cell, whose table lies in the folder of tables. */
export function studyOf(plan: Plan, cell: Cell, tables = ""): StudyConfig {
  const { data, network, training } = cell;
  const candidates = plan.penalties.flatMap((penalty) => candidatesOf(plan, cell, penalty));
  const models = new Map(candidates.map(({ model }) => [model.name, model]));
  const config: StudyConfig = {
    format: 1,
    command: "study",
    seed: plan.seed,
    trials: plan.initialisations,
    data: data.kind === "table" ? { ...data, file: join(tables, data.file) } : data,
    network: { ...network, activation: "tanh", lift: "tanh" },
    training: { ...training, rate: plan.rate, plateau: false, anneal: true },
    keep: "final",
    models: [...models.values()],
    measures: { every: training.epochs, samples: 1, proxies: ["spectralRadius"], last: plan.measuredOn },
  };
  checked(config, `the plan's cell '${cell.name}'`);
  return config;
}

/** Steps that each network of a cell takes, on so many training rows less those for validation. */
export function stepsOf({ data, training }: Cell, trainRows: number): number {
  const rows = trainRows - Math.round(data.validation * trainRows);
  return training.epochs * Math.ceil(rows / training.batchSize);
}
