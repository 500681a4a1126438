import { csvLine } from "@stiffnet/report";
import type { StudyData } from "@stiffnet/trials";
import type { Intervals } from "@stiffnet/uncertainty";

/** A line for every test row, in full digits: its number in the table, then truth, prediction, residual and
 *  interval of each output. */
export function predictionsCsv(
  data: StudyData,
  mean: Float64Array,
  intervals: Intervals | undefined,
): string {
  const { outputNames, test, testRows } = data;
  const columns = outputNames.length;
  const header = [
    "row",
    ...outputNames.flatMap((name) => [
      name,
      `${name} predicted`,
      `${name} residual`,
      ...(intervals ? [`${name} low`, `${name} high`] : []),
    ]),
  ];
  const lines = Array.from({ length: test.count }, (_, row) => {
    const cells = outputNames.flatMap((_, c) => {
      const i = row * columns + c;
      const [truth, predicted] = [test.outputs[i]!, mean[i]!];
      const ends = intervals ? [intervals.low[i]!, intervals.high[i]!] : [];
      return [truth, predicted, truth - predicted, ...ends];
    });
    return csvLine([String(testRows?.[row] ?? row + 1), ...cells.map(String)]);
  });
  return [csvLine(header), ...lines].join("");
}
