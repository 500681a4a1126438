import { activations, type StepSolver, stepSolvers } from "@stiffnet/core";
import { ensembles, testFunctions } from "@stiffnet/datasets";
import { penalisedProxies } from "@stiffnet/stiffness";
import { z } from "zod";
import { type DataKind, missingRules } from "../data/kinds.ts";
import {
  aggregates,
  engineNames,
  lifts,
  type MeasuresSpec,
  type NetworkSpec,
  penaltyKinds,
  proxyNames,
  type StudyConfig,
  type TrainingSpec,
  weightNames,
} from "../runner/config.ts";
import { type PresetName, presetNames } from "./presets.ts";

// What a configuration file may hold. Every field may be left out: it is then the preset's. The folder of a
// study keeps the whole of its configuration in config.json, which is such a file too.

function whole(least: number, most = Number.MAX_SAFE_INTEGER) {
  const error =
    most === Number.MAX_SAFE_INTEGER
      ? `a whole number of at least ${least}`
      : `a whole number from ${least} to ${most}`;
  return z.number({ error }).int({ error }).min(least, { error }).max(most, { error });
}

const positive = z.number({ error: "a number above 0" }).positive({ error: "a number above 0" });
const notNegative = z
  .number({ error: "a number of at least 0" })
  .nonnegative({ error: "a number of at least 0" });

function fraction(most: number) {
  const error = `a fraction from 0 to ${most}`;
  return z.number({ error }).min(0, { error }).max(most, { error });
}

function choice<const T extends readonly string[]>(members: T) {
  return z.enum(members, { error: `one of ${members.map((member) => `'${member}'`).join(", ")}` });
}

const text = z.string({ error: "a text" }).min(1, { error: "a text" });
const yesOrNo = z.boolean({ error: "true or false" });
const rows = {
  train: whole(1).describe("Training rows."),
  test: whole(1).describe("Test rows."),
  validation: fraction(0.5).describe(
    "Part of the training rows that each trial keeps back (another part each trial); 0 keeps none.",
  ),
};
const noise = positive
  .optional()
  .describe("Noise on the outputs of the training rows, in standard deviations of each output.");

const dataKinds = {
  function: z.strictObject({
    kind: z.literal("function"),
    name: choice(Object.keys(testFunctions)).describe("A test function of @stiffnet/datasets."),
    dimension: whole(1).optional().describe("Inputs of a function that exists in any dimension."),
    ...rows,
    noise,
  }),
  dalec: z.strictObject({
    kind: z.literal("dalec"),
    ensemble: choice(Object.keys(ensembles)).describe("Which ensemble of the DALEC land model."),
    ...rows,
    noise,
  }),
  table: z.strictObject({
    kind: z.literal("table"),
    file: text.describe("A table with one run of the simulation a row."),
    others: z.array(text).optional().describe("Further files, whose columns stand to the right."),
    header: yesOrNo.optional().describe("Whether text files begin with names; guessed where not given."),
    arrays: z.array(text).optional().describe("Arrays of an NPZ, HDF5 or NetCDF file to read."),
    names: z.array(text).optional().describe("Names of all columns, for files that have none."),
    digest: z.string().optional().describe("SHA-256 of the chosen values, to notice a changed file."),
    inputs: text.describe(
      "Input columns: numbers, names or ranges, as in 1-15 or lai,soil*; file:1 for all of the first file.",
    ),
    outputs: text.describe("Output columns."),
    test: notNegative.describe("Test rows: a fraction below 1, or a count."),
    validation: rows.validation,
    missing: choice(missingRules).describe("What is done about empty cells."),
    testFile: text.optional().describe("A table of its own to test on."),
    splitColumn: text
      .optional()
      .describe("Column of numbers that says which rows are tested: 1, the others 0."),
    group: text.optional().describe("Columns that make groups, which are never split."),
    prepare: z
      .strictObject({
        log: z.array(text).optional().describe("Columns whose logarithm is taken."),
        components: positive
          .optional()
          .describe(
            "Outputs by so many principal components, or by those that hold this share of the variance.",
          ),
      })
      .optional(),
    fold: z
      .strictObject({ index: whole(1), of: whole(2) })
      .optional()
      .describe("Tested on this part of so many equal ones."),
  }),
} satisfies Record<DataKind, z.ZodType>;

const data = z.discriminatedUnion("kind", [dataKinds.function, dataKinds.dalec, dataKinds.table], {
  error: `an object with kind ${Object.keys(dataKinds)
    .map((kind) => `'${kind}'`)
    .join(", ")}`,
});

const network = z
  .strictObject({
    width: whole(1).describe("Dimension of the state."),
    depth: whole(1).describe("Number of residual blocks, or of a solver's steps."),
    activation: choice(activations),
    lift: choice(lifts).describe("Activation of the first layer."),
    horizon: positive.describe("T: a block advances by T / depth."),
    solver: choice(stepSolvers).describe("Makes the model a neural ODE, trained through this solver."),
    weights: z
      .union(
        [
          z.enum(weightNames),
          z.strictObject({ basis: z.literal("perLayer"), layers: whole(1) }),
          z.strictObject({ basis: z.literal("polynomial"), degree: whole(0) }),
          z.strictObject({ basis: z.literal("piecewiseLinear"), knots: whole(2) }),
        ],
        {
          error: `one of ${weightNames.map((name) => `'${name}'`).join(", ")}, or a basis with its size, as { "basis": "polynomial", "degree": 5 }`,
        },
      )
      .describe("Makes the model a neural ODE whose weights depend on time so."),
    augment: whole(0).describe("Zeros appended to the state."),
  })
  .partial();

const plateau = z
  .strictObject({ factor: fraction(1), patience: whole(0), cooldown: whole(0), threshold: notNegative })
  .describe("Multiplies the rate where the training loss has stopped falling.");

const training = z
  .strictObject({
    epochs: whole(1).describe("Passes over the training set."),
    batchSize: whole(1).describe("Samples a step."),
    rate: positive.describe("Initial rate of Adam."),
    plateau: z.union([z.literal(false), plateau], { error: "false or an object" }),
    anneal: yesOrNo.describe("The rate falls linearly to 0 over the epochs, instead of on plateaus."),
    patience: whole(1).describe("Epochs without a smaller validation risk after which a trial ends."),
    steer: positive.describe("Half-width of each batch's random end time."),
  })
  .partial();

const penalty = z.strictObject({
  kind: choice(penaltyKinds).describe(
    `l2: mean norm of the tensors; ${Object.entries(penalisedProxies)
      .map(([name, { description }]) => `${name}: ${description}`)
      .join("; ")}.`,
  ),
  weight: notNegative.describe("lambda"),
  aggregate: choice(aggregates)
    .optional()
    .describe("What the values of the layers become one of, the mean where not given; not of l2."),
  subset: positive
    .max(1, { error: "a share above 0 and at most 1" })
    .optional()
    .describe(
      "Share of a batch's samples that are evaluated, drawn anew each step in groups of four; 1 for all. Where not given: 0.2 for stiff, all for the others; not of l2.",
    ),
});

const model = z.strictObject({
  name: text,
  penalty: penalty.optional(),
  network: network.optional().describe("What differs from the study's network."),
  training: training.optional().describe("What differs from the study's training."),
  trainRows: whole(1).optional().describe("Trained on the first of the training rows only."),
  engine: choice(engineNames).optional().describe("What trains it: wasm, or tfjs, TensorFlow.js."),
});

const sweep = z
  .strictObject({
    lambda: z.array(notNegative).min(1).describe("Weights, of every penalised model."),
    width: z.array(whole(1)).min(1),
    depth: z.array(whole(1)).min(1),
    trainRows: z.array(whole(1)).min(1).describe("Sizes of the training set."),
    solver: z.array(choice(stepSolvers)).min(1).describe("Neural ODEs by these solvers."),
  })
  .partial();

const studyFile = z
  .strictObject({
    $schema: z.string(),
    preset: choice(presetNames).describe("Where the fields come from that are not given."),
    format: z.literal(1, { error: "1" }),
    command: z.string(),
    seed: whole(0, 2 ** 32 - 1).describe("Seed of everything random."),
    trials: whole(1).describe("Initialisations to train of every model."),
    data,
    network,
    training,
    keep: choice(["final", "best"]).describe(
      "Which parameters are kept: of the last epoch, or of the lowest validation risk.",
    ),
    models: z
      .array(model, { error: "a list of models" })
      .min(1, { error: "at least one model" })
      .describe("The models that are compared; the first is the one that the others are compared with."),
    measures: z
      .strictObject({
        every: whole(1).describe("Epochs between two records of the proxies."),
        samples: whole(1).describe("Test samples they are computed on."),
        proxies: z
          .array(choice(proxyNames))
          .refine((names) => names.includes("spectralRadius"), { error: "a list with 'spectralRadius'" }),
        last: whole(1).describe(
          "The test rows are looked at after the last epoch alone, the proxies on so many of them.",
        ),
      })
      .partial(),
    sweep: sweep.describe("Makes a model of every combination of these values, out of each of the models."),
  })
  .partial();

/** A configuration file, or what the command line adds to it. */
export interface StudyFile
  extends Partial<Pick<StudyConfig, "seed" | "trials" | "data" | "keep" | "models">> {
  readonly $schema?: string;
  readonly preset?: PresetName;
  readonly format?: 1;
  readonly command?: string;
  readonly network?: Partial<NetworkSpec>;
  readonly training?: Partial<TrainingSpec>;
  readonly measures?: Partial<MeasuresSpec>;
  readonly sweep?: Sweep;
}

/** Values of which a model is made each. */
export type Sweep = Partial<Record<"lambda" | "width" | "depth" | "trainRows", readonly number[]>> & {
  readonly solver?: readonly StepSolver[];
};

/** The JSON schema of a configuration file. */
export function studySchema(): Record<string, unknown> {
  return { title: "stiffnet study", ...z.toJSONSchema(studyFile) };
}

/** The first thing that is wrong with a value, in one line: the field, what was given, what was expected. */
export function complaintOf(value: unknown): string | undefined {
  const found = studyFile.safeParse(value);
  if (found.success) return undefined;
  const [issue] = found.error.issues;
  const place = (path: readonly PropertyKey[]): string => path.map(String).join(".");
  if (issue!.code === "unrecognized_keys") {
    const known = fieldsAt(issue!.path);
    const expected = known.length > 0 ? `, expected one of ${known.join(", ")}` : "";
    return `${place([...issue!.path, issue!.keys[0]!])}: unknown field${expected}`;
  }
  const given = issue!.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)?.[key], value);
  const was = given === undefined ? "missing" : `is ${JSON.stringify(given)}`;
  return `${place(issue!.path) || "the configuration"}: ${was}, expected ${issue!.message}`;
}

/** Names of the fields that an object at this place may have. */
function fieldsAt(path: readonly PropertyKey[]): string[] {
  type Node = { properties?: Record<string, Node>; items?: Node; anyOf?: Node[] };
  let node: Node | undefined = z.toJSONSchema(studyFile) as Node;
  for (const key of path) node = typeof key === "number" ? node?.items : node?.properties?.[String(key)];
  return Object.keys(node?.properties ?? {});
}
