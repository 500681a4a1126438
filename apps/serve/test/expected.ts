import { type Model, tensor } from "@stiffnet/core";

/** The network of DESIGN in plain float64, written apart from the exporter: tanh lift and tanh blocks. */
export function predictions(model: Model, rows: readonly number[]): number[] {
  const { inputs, depth, horizon } = model.config;
  const [x0, y0] = [model.preparation.inputs.steps[0]!, model.preparation.outputs.steps[0]!];
  if (x0.kind !== "affine" || y0.kind !== "affine") throw new Error("for standardised models only");
  const affine = (slots: Model["layout"]["lift"], x: number[]): number[] => {
    const weight = tensor(model.parameters, slots.weight);
    return [...tensor(model.parameters, slots.bias)].map((b, i) =>
      x.reduce((sum, value, j) => sum + weight[i * x.length + j]! * value, b),
    );
  };
  const answers: number[] = [];
  for (let i = 0; i < rows.length; i += inputs) {
    const x = rows.slice(i, i + inputs).map((value, j) => (value - x0.mean[j]!) / x0.scale[j]!);
    let h = affine(model.layout.lift, x).map(Math.tanh);
    for (const block of model.layout.blocks) {
      const z = affine(block, h);
      h = h.map((value, k) => value + (horizon / depth) * Math.tanh(z[k]!));
    }
    answers.push(...affine(model.layout.readout, h).map((y, j) => y0.mean[j]! + y0.scale[j]! * y));
  }
  return answers;
}
