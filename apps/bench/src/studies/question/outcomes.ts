import { samplingStream } from "@stiffnet/base";
import { evaluate, type Model, withDepth } from "@stiffnet/core";
import { axis, testFunction, toAxes } from "@stiffnet/datasets";
import { prepare, restore, type Samples } from "@stiffnet/preparation";
import { measure, type StiffnessProxy, singularValuesOf, stability } from "@stiffnet/stiffness";
import type { DataSpec, StudyData } from "@stiffnet/trials";
import type { Plan } from "./plan.ts";

/** Further measurements of a trained network. Risks are on the test rows unless a field says otherwise. */
export interface Outcomes {
  /** Largest stable step of explicit Euler, in time. */
  readonly step: number;
  /** Risk of every second layer with steps twice as long. */
  readonly coarse: number;
  /** Risk with parameters rounded to float16. */
  readonly float16: number;
  /** Risk with noise on the inputs. */
  readonly noisy: number;
  /** Risk at points outside the training box; NaN for tables, because their truth is unknown there. */
  readonly outside: number;
  /** How much a perturbation of the state can grow from the lift to the last layer, mean over some rows. */
  readonly growth: number;
}

/** The samples that all networks of a cell are asked. */
export interface Questions {
  readonly noisy: Samples;
  readonly outside: Samples | undefined;
}

export function questionsOf(plan: Plan, spec: DataSpec, data: StudyData): Questions {
  return { noisy: noisyInputs(plan, data), outside: outsideOf(plan, spec) };
}

export function outcomesOf(
  model: Model,
  data: StudyData,
  { noisy, outside }: Questions,
  { measuredOn }: Plan,
): Outcomes {
  const riskOf = (other: Model, samples: Samples): number => evaluate(other, samples).risk;
  const { horizon, depth } = model.config;
  return {
    step: stability(model, data.test, { most: measuredOn }).largestStep,
    coarse: riskOf(withDepth(model, depth / 2), data.test),
    float16: riskOf({ ...model, parameters: model.parameters.map(toHalf) }, data.test),
    noisy: riskOf(model, noisy),
    outside: outside === undefined ? Number.NaN : riskOf(model, outside),
    growth: measure(model, data.test, growth(horizon / depth), { most: measuredOn }).layers.at(-1)!,
  };
}

/** How much a small perturbation of the state behind the lift can have grown behind each layer: the largest
 *  singular value of (I + alpha J_n) ... (I + alpha J_1), for each sample. */
function growth(alpha: number): StiffnessProxy {
  return {
    name: "growth",
    bind: () => ({
      evaluate({ depth, width: D, batch, stride, weights, slopes }, values) {
        for (let i = 0; i < batch; i++) {
          let product = Float64Array.from({ length: D * D }, (_, k) => (k % (D + 1) === 0 ? 1 : 0));
          for (let n = 0; n < depth; n++) {
            const next = product.slice();
            for (let r = 0; r < D; r++) {
              const slope = alpha * slopes[(n * D + r) * stride + i]!;
              for (let k = 0; k < D; k++) {
                const entry = slope * weights[(n * D + r) * D + k]!;
                for (let c = 0; c < D; c++) next[r * D + c]! += entry * product[k * D + c]!;
              }
            }
            product = next;
            values[n * batch + i] = singularValuesOf(product)[0]!;
          }
        }
      },
    }),
  };
}

const bits = new DataView(new ArrayBuffer(4));

/** The nearest float16 number, the even one of two (IEEE 754 binary16). */
export function toHalf(value: number): number {
  if (!Number.isFinite(value)) return value;
  bits.setFloat32(0, value);
  const exponent = ((bits.getUint32(0) >>> 23) & 255) - 127;
  const unit = 2 ** (Math.max(exponent, -14) - 10);
  const scaled = Math.abs(value) / unit;
  const down = Math.floor(scaled);
  const rest = scaled - down;
  const half = (rest > 0.5 || (rest === 0.5 && down % 2 !== 0) ? down + 1 : down) * unit;
  return Math.sign(value) * (half > 65504 ? Number.POSITIVE_INFINITY : half);
}

/** The test rows with uniform noise of mean 0 on their inputs, as the network sees them. */
function noisyInputs({ seed, inputNoise }: Plan, { test, preparation }: StudyData): Samples {
  const random = samplingStream(seed, "noise", 1);
  const widest = inputNoise * Math.sqrt(3);
  const seen = prepare(preparation.inputs, test.inputs);
  const moved = seen.map((value) => value + widest * (2 * random.uniform() - 1));
  return { ...test, inputs: restore(preparation.inputs, moved) };
}

const drawn = { points: 2000, most: 300 };

/** Points of a box that is wider on each side, without those of the training box, and the truth there. */
function outsideOf({ seed, outside: share }: Plan, spec: DataSpec): Samples | undefined {
  if (spec.kind === "table") return undefined;
  const fn =
    spec.kind === "dalec" ? testFunction(`dalec-${spec.ensemble}`) : testFunction(spec.name, spec.dimension);
  const wider = fn.inputs.map(({ name, lower, upper, distribution }) => {
    const grown: [number, number] = distribution.kind.startsWith("log")
      ? [lower * (lower / upper) ** share, upper * (upper / lower) ** share]
      : [lower - share * (upper - lower), upper + share * (upper - lower)];
    return axis(name, ...grown, { distribution });
  });
  const random = samplingStream(seed, "test", 1);
  const columns = wider.length;
  const points = toAxes(
    Float64Array.from({ length: drawn.points * columns }, () => random.uniform()),
    wider,
  );
  const values = fn.evaluate(points);
  const outputs = fn.outputs.length;
  const inputsOf = (row: number): number[] => [...points.subarray(row * columns, (row + 1) * columns)];
  const outputsOf = (row: number): number[] => [...values.subarray(row * outputs, (row + 1) * outputs)];
  const rows = Array.from({ length: drawn.points }, (_, row) => row)
    .filter((row) => inputsOf(row).some((x, k) => x < fn.inputs[k]!.lower || x > fn.inputs[k]!.upper))
    // The DALEC model is undefined for fractions outside 0 to 1.
    .filter((row) => outputsOf(row).every(Number.isFinite))
    .slice(0, drawn.most);
  return {
    count: rows.length,
    inputs: Float64Array.from(rows.flatMap(inputsOf)),
    outputs: Float64Array.from(rows.flatMap(outputsOf)),
  };
}
