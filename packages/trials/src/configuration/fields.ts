import { activations, stepSolvers } from "@stiffnet/core";
import { type EnsembleName, ensembles, testFunctions } from "@stiffnet/datasets";
import { type PenalisedName, type ProxyName, penalisedProxies, proxies } from "@stiffnet/stiffness";
import { z } from "zod";

// A row for each field of a study's configuration: its values and its meaning. Types and options are derived
// from the rows.

/** "l2" is the mean Euclidean norm of the tensors. The others are a proxy's mean, sum or maximum over the
 *  layers. */
export type PenaltyKind = "l2" | PenalisedName;
export const penaltyKinds: readonly PenaltyKind[] = [
  "l2",
  ...(Object.keys(penalisedProxies) as PenalisedName[]),
];
export const aggregates = ["mean", "sum", "max"] as const;

export const engineNames = ["kernels", "tfjs"] as const;
export type EngineName = (typeof engineNames)[number];

/** Bases of the weights that a name tells, and those with a size: what it is called, and the least. */
export const weightNames = ["perLayer", "constant", "linear", "quadratic", "cubic"] as const;
export const sizedBases = {
  perLayer: ["layers", 1],
  polynomial: ["degree", 0],
  piecewiseLinear: ["knots", 2],
} as const;

export const proxyNames = Object.keys(proxies) as ProxyName[];

/** Treatment of empty cells: refuse them, drop their rows, or fill inputs with their mean. */
export const missingRules = ["error", "drop", "mean"] as const;
export type MissingRule = (typeof missingRules)[number];

/** What 'train' keeps. */
export const surrogates = ["best", "network", "gaussian-process"] as const;

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
    "Share of the training rows that each network keeps for validation; 0 keeps none.",
  ),
};
const noise = positive
  .optional()
  .describe("Noise on the outputs of the training rows, in standard deviations of each output.");

export const dataKinds = {
  function: z.strictObject({
    kind: z.literal("function"),
    name: choice(Object.keys(testFunctions)).describe("A test function of @stiffnet/datasets."),
    dimension: whole(1).optional().describe("Number of inputs, for a function that exists in any dimension."),
    ...rows,
    noise,
  }),
  dalec: z.strictObject({
    kind: z.literal("dalec"),
    ensemble: choice(Object.keys(ensembles) as EnsembleName[]).describe(
      "The ensemble of the DALEC land model.",
    ),
    ...rows,
    noise,
  }),
  table: z.strictObject({
    kind: z.literal("table"),
    file: text.describe("A table with one row for each run of the simulation."),
    others: z.array(text).optional().describe("Further files, whose columns are added on the right."),
    header: yesOrNo
      .optional()
      .describe(
        "Whether the first line of text files and sheets holds the column names; guessed by default.",
      ),
    decimal: choice([".", ","]).optional().describe("Decimal sign in text files."),
    arrays: z
      .array(text)
      .optional()
      .describe("Arrays of an NPZ, HDF5 or NetCDF file, or sheets of an Excel workbook, to read."),
    names: z.array(text).optional().describe("Column names, for a file without names."),
    digest: z
      .string()
      .optional()
      .describe("SHA-256 of the chosen values, which shows that a file has changed."),
    inputs: text.describe(
      "Input columns: numbers, names or ranges, as in 1-15 or lai,soil*; file:1 for all of the first file.",
    ),
    outputs: text.describe("Output columns."),
    test: notNegative.describe(
      "Test rows: a fraction below 1, or a number. Only 'train' accepts 0, for none.",
    ),
    validation: rows.validation,
    missing: choice(missingRules).describe("What happens to empty cells."),
    testFile: text.optional().describe("Another table, to test on."),
    splitColumn: text.optional().describe("Column that holds 1 in the test rows and 0 in the other rows."),
    group: text
      .optional()
      .describe("Columns that say which rows belong together; such rows are never split."),
    prepare: z
      .strictObject({
        log: z.array(text).optional().describe("Columns to take the logarithm of."),
        components: positive
          .optional()
          .describe(
            "The number of principal components that stand for the outputs, or the share of the variance that they hold.",
          ),
      })
      .optional(),
    fold: z
      .strictObject({ index: whole(1), of: whole(2) })
      .optional()
      .describe("The rows are split into equal parts, and this part is the test set."),
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
  width: whole(1).describe("Units in each layer."),
  depth: whole(1).describe("Number of layers: residual blocks, or steps of a solver."),
  activation: choice(activations).describe("Activation of the layers."),
  lift: choice(["tanh", "identity"]).describe(
    "Activation of the first layer, which maps inputs to the state.",
  ),
  horizon: positive.describe("Time span T of the network; a layer is a step of T / depth."),
  solver: choice(stepSolvers)
    .describe("Makes the model a neural ODE that is trained with this solver.")
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
    .describe("Makes the model a neural ODE with weights that are this function of time.")
    .optional(),
  augment: whole(0).describe("Extra dimensions of the state, which start at zero.").optional(),
});

const plateau = z
  .strictObject({ factor: fraction(1), patience: whole(0), cooldown: whole(0), threshold: notNegative })
  .partial()
  .describe("Lowers the learning rate when the training loss stops falling.");

const training = z.strictObject({
  epochs: whole(1).describe("Passes over the training set."),
  batchSize: whole(1).describe("Samples in each training step."),
  rate: positive.describe("Initial learning rate of Adam."),
  plateau: z.union([z.literal(false), plateau], { error: "false or an object" }),
  anneal: yesOrNo
    .describe("The learning rate falls linearly to 0 over the epochs, instead of on plateaus.")
    .optional(),
  patience: whole(1)
    .describe("A training ends after this number of epochs without a smaller validation error.")
    .optional(),
  steer: positive
    .describe("Draws the end time of each batch between T minus and T plus this value.")
    .optional(),
});

const penalty = z.strictObject({
  kind: choice(penaltyKinds).describe(
    `l2: mean norm of the tensors; ${Object.entries(penalisedProxies)
      .map(([name, { description }]) => `${name}: ${description}`)
      .join("; ")}.`,
  ),
  weight: notNegative.describe("Weight of the penalty (lambda)."),
  aggregate: choice(aggregates)
    .optional()
    .describe("How the values of the layers become one: their mean (default), sum or largest; not for l2."),
  subset: positive
    .max(1, { error: "a share above 0 and at most 1" })
    .optional()
    .describe(
      "Share of the samples of a batch that the penalty is computed on; each step draws new ones, in groups of four. The default is 0.2 for stiff and 1 for the others; not for l2.",
    ),
});

const model = z.strictObject({
  name: text,
  penalty: penalty.optional(),
  network: network.partial().optional().describe("Settings that differ from the network of the study."),
  training: training.partial().optional().describe("Settings that differ from the training of the study."),
  trainRows: whole(1).optional().describe("Trains only on the first rows, this number of them."),
  engine: choice(engineNames)
    .optional()
    .describe("What trains it: the built-in kernels, or tfjs (TensorFlow.js)."),
});

const measures = z.strictObject({
  every: whole(1).describe("Epochs between two measurements of stiffness."),
  samples: whole(1).describe("Test samples that stiffness is measured on."),
  proxies: z
    .array(choice(proxyNames))
    .refine((names) => names.includes("spectralRadius"), { error: "a list with 'spectralRadius'" })
    .optional(),
  last: whole(1)
    .describe(
      "The test rows are used only after the last epoch, and stiffness is measured on this number of them.",
    )
    .optional(),
});

export const study = z.strictObject({
  format: z.literal(1, { error: "1" }),
  command: z.string(),
  seed: whole(0, 2 ** 32 - 1).describe("Seed of all random numbers."),
  trials: whole(1).describe("Number of networks to train of each model, each from its own initial weights."),
  data,
  network,
  training,
  keep: choice(["final", "best"]).describe(
    "Which parameters are kept: those of the last epoch, or those with the lowest validation error.",
  ),
  models: z
    .array(model, { error: "a list of models" })
    .min(1, { error: "at least one model" })
    .describe("The models to compare; each is compared with the first."),
  measures,
  surrogate: choice(surrogates)
    .describe(
      "Which model is exported: the networks, a Gaussian process, or the one with the lower validation error.",
    )
    .optional(),
  refit: yesOrNo
    .optional()
    .describe("After the test, the model is trained again on all rows, and this one is exported."),
});

/** Read-only, and an optional field is left out instead of undefined. */
export type Fixed<T> = { readonly [K in keyof T]: Fixed<Exclude<T[K], undefined>> };

export type StudyFields = Fixed<z.infer<typeof study>>;
