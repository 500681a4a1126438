import { instanceOf, positive, randomStream } from "@stiffnet/base";
import { type Model, predict, predict64 } from "@stiffnet/core";
import { type Preparation, preparedColumns, restore } from "@stiffnet/preparation";
import { runOnnx } from "#platform";
import { checkOptions, OnnxError } from "./errors.ts";
import type { RealType } from "./graph.ts";
import { inspectOnnx } from "./inspect.ts";
import { bytesOf, type OnnxSource } from "./source.ts";

export interface Verification {
  /** Whether every output stayed within `tolerance`. */
  readonly matches: boolean;
  /** The largest |file - model| / max over rows |model|, over the outputs. For the spread of an ensemble the
   *  offset of the preparation is no part of |model|, and the spread is added to it. */
  readonly error: number;
  readonly tolerance: number;
  readonly rows: number;
  /** Place of `error`. */
  readonly worst: {
    readonly output: string;
    readonly row: number;
    readonly file: number;
    readonly model: number;
  };
}

export interface VerifyOptions {
  /** 1e-5 by default, 1e-10 for a float64 file. */
  readonly tolerance?: number;
  /** Physical inputs to compare at, [count, inputs]; by default 64 points over the training range. */
  readonly rows?: Float64Array;
}

/** Runs the file in onnxruntime-node and compares its outputs (the mean and the spread, of an ensemble) with
 *  the model. A file of other inputs or outputs than the model's is an error; different numbers are a result
 *  with `matches: false`. */
export async function verifyOnnx(
  source: OnnxSource,
  model: Model | readonly Model[],
  options: VerifyOptions = {},
): Promise<Verification> {
  checkOptions("verifyOnnx", options, { tolerance: positive, rows: instanceOf(Float64Array) });
  const models = "config" in model ? [model] : model;
  return differences(
    source,
    { ...models[0]!, members: models.length },
    // The training engine is float32; a float64 file is held against the same network in float64.
    (rows, dtype) =>
      expectedOutputs(models.map((one) => (dtype === "float64" ? predict64 : predict)(one, rows))),
    options,
  );
}

/** The same for whatever answers rows of inputs by outputs of these names. `deviations`: a difference is
 *  divided by this number of the row's `outputs_std`, if that is more than the size of the output. */
export async function differences(
  source: OnnxSource,
  model: Pick<Model, "inputNames" | "outputNames" | "preparation"> & { readonly members?: number },
  answers: (rows: Float64Array, dtype: RealType) => Record<string, Float64Array>,
  options: VerifyOptions = {},
  deviations = 0,
): Promise<Verification> {
  const { bytes, from } = await bytesOf(source);
  const { surrogate } = await inspectOnnx(bytes);
  const { outputNames, inputNames, members = 1 } = model;
  const names =
    surrogate && [surrogate.inputs, surrogate.outputs].map((list) => list.map(({ name }) => name));
  if (surrogate?.members !== members || `${names}` !== `${[inputNames, outputNames]}`) {
    throw new OnnxError(
      `${from}: not an export of this model (${members} member(s), inputs ${inputNames.join(", ")}, outputs ${outputNames.join(", ")})`,
      { code: "shape_mismatch" },
    );
  }
  const { dtype } = surrogate;
  const { tolerance = dtype === "float64" ? 1e-10 : 1e-5 } = options;
  const chosen = options.rows ?? checkRows(model, surrogate.inputs);
  // The file sees float32; so must the model.
  const rows = dtype === "float64" ? chosen : chosen.map(Math.fround);
  const results = await runOnnx(bytes, rows, inputNames.length, dtype);
  const expected = answers(rows, dtype);
  const sizes = sizesOf(expected, model.preparation.outputs);
  const stated = (k: number): number => deviations * (expected.outputs_std?.[k] ?? 0);
  let worst: Verification["worst"] = { output: outputNames[0]!, row: 0, file: 0, model: 0 };
  let error = 0;
  for (const [name, values] of Object.entries(expected)) {
    const got = results[name]!;
    for (let j = 0; j < outputNames.length; j++) {
      const size = name === "outputs" ? sizes[j]!.largest : sizes[j]!.apart;
      for (let k = j; k < values.length; k += outputNames.length) {
        const difference = Object.is(got[k], values[k])
          ? 0
          : Math.abs(got[k]! - values[k]!) / Math.max(size, stated(k));
        // Written so that NaN counts as the worst.
        if (difference <= error) continue;
        error = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
        worst = {
          output: outputNames[j]!,
          row: Math.floor(k / outputNames.length),
          file: got[k]!,
          model: values[k]!,
        };
      }
    }
  }
  return { matches: error <= tolerance, error, tolerance, rows: rows.length / inputNames.length, worst };
}

function expectedOutputs(members: readonly Float64Array[]): Record<string, Float64Array> {
  if (members.length === 1) return { outputs: members[0]! };
  const mean = members[0]!.map((_, k) => members.reduce((sum, y) => sum + y[k]!, 0) / members.length);
  const spread = mean.map((centre, k) =>
    Math.sqrt(members.reduce((sum, y) => sum + (y[k]! - centre) ** 2, 0) / (members.length - 1)),
  );
  return { outputs: mean, outputs_std: spread };
}

/** The sizes that differences are divided by, for each output. `largest` is its largest magnitude. `apart` is
 *  for the spread of an ensemble, and leaves out the offset of the preparation: the file forms the spread in
 *  prepared units, where float32 rounds the outputs of the members. */
function sizesOf(
  expected: Record<string, Float64Array>,
  preparation: Preparation,
): { largest: number; apart: number }[] {
  const offsets = restore(preparation, new Float64Array(preparedColumns(preparation)));
  return Array.from(offsets, (offset, column) => {
    let [min, max, spread] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
    for (let k = column; k < expected.outputs!.length; k += offsets.length) {
      min = Math.min(min, expected.outputs![k]!);
      max = Math.max(max, expected.outputs![k]!);
      spread = Math.max(spread, expected.outputs_std?.[k] ?? 0);
    }
    // A column of zeros must be matched exactly.
    const largest = Math.max(Math.abs(min), Math.abs(max)) || Number.MIN_VALUE;
    const apart = Math.max(max - min, Math.max(max - offset, offset - min) + spread);
    return { largest, apart: apart || largest };
  });
}

/** The centre and 63 seeded points: over the training range where the file states it, else where a prepared
 *  input would mostly lie. */
function checkRows(
  { preparation }: Pick<Model, "preparation">,
  inputs: readonly { readonly range?: readonly [number, number] }[],
): Float64Array {
  const usual = usualRows(preparation.inputs, 64);
  const random = randomStream(17, 0);
  const columns = inputs.length;
  return usual.map((value, k) => {
    const range = inputs[k % columns]!.range;
    return range ? range[0] + (range[1] - range[0]) * (k < columns ? 0.5 : random.uniform()) : value;
  });
}

/** Physical rows whose prepared columns fill [-2, 2]: the centre, the two corners where all columns agree,
 *  then seeded points. */
export function usualRows(preparation: Preparation, count: number): Float64Array {
  const random = randomStream(17, 1);
  const columns = preparedColumns(preparation);
  const prepared = Float64Array.from({ length: count * columns }, (_, k) => {
    const row = Math.floor(k / columns);
    return row < 3 ? [0, -2, 2][row]! : 4 * random.uniform() - 2;
  });
  return restore(preparation, prepared);
}
