import { predict } from "@stiffnet/core";
import { testFunction } from "@stiffnet/datasets";
import { type Figure, rangeOf } from "@stiffnet/report";
import { colourBar, surface } from "@stiffnet/report/charts";
import type { DataSpec, TrainedTrial } from "@stiffnet/trials";

const side = 101;

/** A test function of two inputs, what the first model's network makes of it, and the difference. It is the
 *  network with the smallest training error, because a test set must not choose. */
export function surfaceFigure(data: DataSpec, trials: readonly TrainedTrial[], model: string): Figure[] {
  if (data.kind !== "function") return [];
  const fn = testFunction(data.name, data.dimension);
  const { inputs, outputs, name } = fn;
  const [best] = trials
    .filter(({ record }) => record.model === model)
    .sort((a, b) => a.record.riskTrain - b.record.riskTrain);
  if (best === undefined || inputs.length !== 2 || outputs.length !== 1) return [];
  const points = Float64Array.from({ length: 2 * side * side }, (_, k) => {
    const at = Math.floor(k / 2);
    const { lower, upper } = inputs[k % 2]!;
    return lower + ((k % 2 === 0 ? at % side : Math.floor(at / side)) / (side - 1)) * (upper - lower);
  });
  const truth = fn.evaluate(points);
  const network = predict(best.model, points);
  const error = truth.map((value, i) => Math.abs(network[i]! - value));
  const range = rangeOf([...truth, ...network]);
  const largest = rangeOf(error)[1] || 1;
  const panel = (key: string, title: string, values: Float64Array, span: readonly [number, number]) => {
    const [x, y] = inputs.map(({ lower, upper }) => [lower, upper] as const);
    const grid = { columns: side, rows: side, x: x!, y: y!, values };
    const [xLabel, yLabel] = inputs.map((input) => input.name);
    return surface(grid, {
      name: `surface-${key}`,
      title,
      range: span,
      xLabel: xLabel!,
      yLabel: yLabel!,
    });
  };
  return [
    {
      title: "The function and its approximation",
      caption: `${name} and the network (trial ${best.record.trial}, the one with the smallest training error) on one colour scale, and the absolute difference on its own. The largest difference is ${largest.toPrecision(2)}; the function spans ${(range[1] - range[0]).toPrecision(3)}.`,
      panels: [
        panel("function", name, truth, range),
        panel("network", "network", network, range),
        colourBar("surface-scale", range, "f"),
        panel("error", "absolute difference", error, [0, largest]),
        colourBar("surface-error-scale", [0, largest], "error"),
      ],
    },
  ];
}
