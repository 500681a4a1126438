import { activations, stepSolvers } from "@stiffnet/core";
import { type EnsembleName, ensembles, testFunctions } from "@stiffnet/datasets";
import { penalisedProxies } from "@stiffnet/stiffness";
import { z } from "zod";
import {
  aggregates,
  engineNames,
  lifts,
  missingRules,
  penaltyKinds,
  proxyNames,
  sizedBases,
  surrogates,
  weightNames,
} from "./choices.ts";

// A row for each field of a study's configuration: its values and its meaning. Types and options are derived
// from the rows.

export function whole(least: number, most?: number) {
  const error =
    most === undefined ? `a whole number of at least ${least}` : `a whole number from ${least} to ${most}`;
  const schema = z.number({ error }).int({ error }).min(least, { error });
  return schema.max(most ?? Number.MAX_SAFE_INTEGER, { error });
}

const above0 = { error: "a number above 0" };
const positive = z.number(above0).positive(above0);
const atLeast0 = { error: "a number of at least 0" };
export const notNegative = z.number(atLeast0).nonnegative(atLeast0);

function fraction(most: number) {
  const error = `a fraction from 0 to ${most}`;
  return z.number({ error }).min(0, { error }).max(most, { error });
}

export function choice<const T extends string>(members: readonly T[]) {
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
    ensemble: choice(Object.keys(ensembles) as EnsembleName[]).describe(
      "Which ensemble of the DALEC land model.",
    ),
    ...rows,
    noise,
  }),
  table: z.strictObject({
    kind: z.literal("table"),
    file: text.describe("A table with one run of the simulation a row."),
    others: z.array(text).optional().describe("Further files, whose columns stand to the right."),
    header: yesOrNo
      .optional()
      .describe("Whether text files and sheets begin with names; guessed where not given."),
    decimal: choice([".", ","]).optional().describe("Sign before a number's fraction in text files."),
    arrays: z
      .array(text)
      .optional()
      .describe("Arrays of an NPZ, HDF5 or NetCDF file, or sheets of an Excel workbook, to read."),
    names: z.array(text).optional().describe("Names of all columns, for files that have none."),
    digest: z.string().optional().describe("SHA-256 of the chosen values, to notice a changed file."),
    inputs: text.describe(
      "Input columns: numbers, names or ranges, as in 1-15 or lai,soil*; file:1 for all of the first file.",
    ),
    outputs: text.describe("Output columns."),
    test: notNegative.describe("Test rows: a fraction below 1, or a count; 0 for none, of 'train' alone."),
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
};

const data = z.discriminatedUnion("kind", [dataKinds.function, dataKinds.dalec, dataKinds.table], {
  error: `an object with kind ${Object.keys(dataKinds)
    .map((kind) => `'${kind}'`)
    .join(", ")}`,
});

const sized = <const Name extends keyof typeof sizedBases, Size extends string>(
  basis: Name,
  [size, least]: readonly [Size, number],
) =>
  z.strictObject({ basis: z.literal(basis), [size]: whole(least) } as { basis: z.ZodLiteral<Name> } & Record<
    Size,
    z.ZodNumber
  >);

const network = z.strictObject({
  width: whole(1).describe("Dimension of the state."),
  depth: whole(1).describe("Number of residual blocks, or of a solver's steps."),
  activation: choice(activations).describe("Activation of the blocks."),
  lift: choice(lifts).describe("Activation of the first layer."),
  horizon: positive.describe("T: a block advances by T / depth."),
  solver: choice(stepSolvers)
    .describe("Makes the model a neural ODE, trained through this solver.")
    .optional(),
  weights: z
    .union(
      [
        z.enum(weightNames),
        sized("perLayer", sizedBases.perLayer),
        sized("polynomial", sizedBases.polynomial),
        sized("piecewiseLinear", sizedBases.piecewiseLinear),
      ],
      {
        error: `one of ${weightNames.map((name) => `'${name}'`).join(", ")}, or a basis with its size, as { "basis": "polynomial", "degree": 5 }`,
      },
    )
    .describe("Makes the model a neural ODE whose weights depend on time so.")
    .optional(),
  augment: whole(0).describe("Zeros appended to the state.").optional(),
});

const plateau = z
  .strictObject({ factor: fraction(1), patience: whole(0), cooldown: whole(0), threshold: notNegative })
  .describe("Multiplies the rate where the training loss has stopped falling.");

const training = z.strictObject({
  epochs: whole(1).describe("Passes over the training set."),
  batchSize: whole(1).describe("Samples a step."),
  rate: positive.describe("Initial rate of Adam."),
  plateau: z.union([z.literal(false), plateau], { error: "false or an object" }),
  anneal: yesOrNo
    .describe("The rate falls linearly to 0 over the epochs, instead of on plateaus.")
    .optional(),
  patience: whole(1)
    .describe("Epochs without a smaller validation error after which a trial ends.")
    .optional(),
  steer: positive.describe("Half-width of each batch's random end time.").optional(),
});

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
  network: network.partial().optional().describe("What differs from the study's network."),
  training: training.partial().optional().describe("What differs from the study's training."),
  trainRows: whole(1).optional().describe("Trained on the first of the training rows only."),
  engine: choice(engineNames).optional().describe("What trains it: kernels, or tfjs, TensorFlow.js."),
});

const measures = z.strictObject({
  every: whole(1).describe("Epochs between two records of the proxies."),
  samples: whole(1).describe("Test samples they are computed on."),
  proxies: z
    .array(choice(proxyNames))
    .refine((names) => names.includes("spectralRadius"), { error: "a list with 'spectralRadius'" })
    .optional(),
  last: whole(1)
    .describe("The test rows are looked at after the last epoch alone, the proxies on so many of them.")
    .optional(),
});

export const study = z.strictObject({
  format: z.literal(1, { error: "1" }),
  command: z.string(),
  seed: whole(0, 2 ** 32 - 1).describe("Seed of everything random."),
  trials: whole(1).describe("Initialisations to train of every model."),
  data,
  network,
  training,
  keep: choice(["final", "best"]).describe(
    "Which parameters are kept: of the last epoch, or of the lowest validation error.",
  ),
  models: z
    .array(model, { error: "a list of models" })
    .min(1, { error: "at least one model" })
    .describe("The models that are compared; the first is the one that the others are compared with."),
  measures,
  surrogate: choice(surrogates)
    .describe("Which model of a table is kept: networks, a Gaussian process, or the best by validation.")
    .optional(),
  refit: yesOrNo.optional().describe("After the test the model is trained again on all rows, and kept."),
});

/** Read-only, and an optional field is left out instead of undefined. */
export type Fixed<T> = { readonly [K in keyof T]: Fixed<Exclude<T[K], undefined>> };

export type StudyFields = Fixed<z.infer<typeof study>>;
