import { randomStream } from "@stiffnet/base";
import { keptBack, type StudyConfig, type StudyData, type TrainedTrial } from "@stiffnet/trials";
import { expect, it } from "vitest";
import { networkErrors, sizesOf } from "../src/train/intervals.ts";

it("tells the errors of the mean of networks that chose their epochs on the rows they are judged by", () => {
  const [rows, members] = [2000, 8];
  const random = randomStream(1, 0);
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
  // All miss the truth alike, by a deviation of 1, and each by 1 of its own: their mean by sqrt(1 + 1 / 8).
  const outputs = Float64Array.from({ length: rows }, normal);
  const data = {
    train: { count: rows, inputs: new Float64Array(rows), outputs },
    outputNames: ["y"],
    preparation: { outputs: { columns: 1, steps: [] } },
  } as unknown as StudyData;
  const config = { data: { validation: 1 / members }, keep: "best" } as unknown as StudyConfig;
  // The epoch that its own rows chose halves the errors of a network there.
  const flattered = 2;
  const predictions = Array.from({ length: members }, (_, k) => {
    const own = keptBack(data, 1 / members, k);
    return outputs.map((truth, row) => truth - (truth + normal()) / (own(row) ? flattered : 1));
  });
  const trials = predictions.map((_, trial) => ({
    record: { trial },
    history: predictions.map((_, epoch) => ({ riskValidation: epoch === trial ? 1 : flattered })),
  })) as unknown as TrainedTrial[];
  const errors = networkErrors({ data, config }, trials, predictions)!;
  expect(errors.rows).toHaveLength(rows);
  // Three deviations of a root mean square of so many rows.
  const [size] = sizesOf(errors, errors.rows);
  expect(Math.abs(size! / Math.sqrt(1 + 1 / members) - 1)).toBeLessThan(3 / Math.sqrt(2 * rows));
});
