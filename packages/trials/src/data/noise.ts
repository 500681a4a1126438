import { samplingStream } from "@stiffnet/base";
import type { Dataset } from "@stiffnet/preparation";

/** Uniform noise of mean 0 on the outputs of the training rows alone, in standard deviations of each output.
 *  The preparation stays that of the outputs without it, so that risks compare. */
export function noisy<D extends Dataset>(data: D, seed: number, noise = 0): D {
  if (noise === 0) return data;
  const random = samplingStream(seed, "noise");
  const { train, outputNames } = data;
  const columns = outputNames.length;
  const deviations = outputNames.map((_, column) => {
    const values = train.outputs.filter((_, i) => i % columns === column);
    const mean = values.reduce((sum, value) => sum + value / values.length, 0);
    return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2 / values.length, 0));
  });
  const widest = noise * Math.sqrt(3);
  const outputs = train.outputs.map(
    (value, i) => value + widest * (2 * random.uniform() - 1) * deviations[i % columns]!,
  );
  return { ...data, train: { ...train, outputs } };
}
