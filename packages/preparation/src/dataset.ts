import {
  type Check,
  callback,
  createDigest,
  fields,
  listOf,
  littleEndian,
  needed,
  object,
  text,
} from "@stiffnet/base";
import { checkOptions, PreparationError } from "./errors.ts";
import { standardise } from "./standardise.ts";
import type { Category, Fit, Fits, Preparation, Samples, TrainingData } from "./types.ts";

/** Samples whose columns have names: what a table's selection and a test function's draw have in common. */
export interface NamedSamples extends Samples {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
}

/** Data to train, choose and test a surrogate. */
export interface Dataset extends TrainingData {
  readonly name: string;
  /** SHA-256 over the names and the values of every set, in hexadecimal: equal for equal data, whatever file
   *  format it came from. */
  readonly digest: string;
}

export interface DatasetOptions {
  name: string;
  inputNames: readonly string[];
  outputNames: readonly string[];
  train: Samples;
  test?: Samples | undefined;
  validation?: Samples | undefined;
  /** Default: `standardise`, which refuses constant columns by name. */
  prepare?: Fits | undefined;
  /** Inputs that stand for texts, to be kept with the preparation. */
  categories?: readonly Category[] | undefined;
}

export const fitsCheck: Check<Fits> = fields<Fits>({ inputs: callback, outputs: callback });

/** Puts sets of samples together, fits the preparation on the training set and takes the digest. */
export function dataset(options: DatasetOptions): Dataset {
  checkOptions<DatasetOptions>("dataset", options, {
    name: needed(text),
    inputNames: needed(listOf(text)),
    outputNames: needed(listOf(text)),
    train: needed(object),
    test: object,
    validation: object,
    prepare: fitsCheck,
    categories: listOf(object),
  });
  const { name, inputNames, outputNames, train, test, validation, prepare = {}, categories = [] } = options;
  const sets = { train, test, validation };
  for (const [set, samples] of Object.entries(sets)) {
    if (samples) requireShape(`${name}: ${set}`, samples, inputNames.length, outputNames.length);
  }
  if (train.count === 0) {
    throw new PreparationError(`${name}: the training set is empty, expected at least one row`, {
      code: "empty_set",
    });
  }
  const preparation = {
    inputs: {
      ...fitted(name, prepare.inputs, train.inputs, inputNames),
      ...(categories.length > 0 && { categories }),
    },
    outputs: fitted(name, prepare.outputs, train.outputs, outputNames),
  };
  return {
    name,
    inputNames,
    outputNames,
    train,
    ...(test ? { test } : {}),
    ...(validation ? { validation } : {}),
    preparation,
    digest: digestOf(inputNames, outputNames, [train, validation, test]),
  };
}

/** SHA-256 in hexadecimal over the JSON of names and counts, then the values of each set as little-endian
 *  float64. */
function digestOf(
  inputNames: readonly string[],
  outputNames: readonly string[],
  sets: readonly (Samples | undefined)[],
): string {
  const digest = createDigest();
  digest.update(JSON.stringify([inputNames, outputNames, sets.map((set) => set?.count ?? 0)]));
  for (const set of sets) {
    if (set) digest.update(littleEndian(set.inputs)).update(littleEndian(set.outputs));
  }
  return digest.hex();
}

/** Adds the file's name to what the preparation refuses. */
function fitted(
  file: string,
  fit: Fit | undefined,
  rows: Float64Array,
  names: readonly string[],
): Preparation {
  try {
    return (fit ?? standardise)(rows, names);
  } catch (error) {
    if (!(error instanceof PreparationError)) throw error;
    throw new PreparationError(`${file}: training rows: ${error.message}`, {
      code: error.code,
      cause: error,
    });
  }
}

function requireShape(what: string, samples: Samples, inputs: number, outputs: number): void {
  const { count } = samples;
  if (samples.inputs.length !== count * inputs || samples.outputs.length !== count * outputs) {
    throw new PreparationError(
      `${what}: ${samples.inputs.length} input and ${samples.outputs.length} output values, ` +
        `expected ${count} rows of ${inputs} and ${outputs}`,
      { code: "shape_mismatch" },
    );
  }
}
