import { curves } from "../../../kernels/test/reference/curves.ts";
import type { ResNetConfig } from "../../src/index.ts";
import { layoutOf } from "../../src/index.ts";

/** The loss of the residual network and its gradient in float64, written from the formulas for reading,
 *  not for speed; itself compared with PyTorch in engine.test.ts. */
export function referenceLoss(
  config: ResNetConfig,
  parameters: ArrayLike<number>,
  x: ArrayLike<number>,
  y: ArrayLike<number>,
): { loss: number; gradient: Float64Array } {
  const { inputs, outputs, depth } = config;
  const alpha = config.horizon / depth;
  const layout = layoutOf(config);
  const count = x.length / inputs;
  const gradient = new Float64Array(layout.size);
  const at = (slot: { offset: number; shape: readonly number[] }, r: number, c: number) =>
    slot.offset + r * (slot.shape[1] ?? 1) + c;
  let squares = 0;
  for (let i = 0; i < count; i++) {
    const row = Array.from({ length: inputs }, (_, k) => x[i * inputs + k]!);
    const affine = (
      weight: (typeof layout)["lift"]["weight"],
      bias: (typeof layout)["lift"]["bias"],
      h: number[],
    ) =>
      Array.from({ length: weight.shape[0]! }, (_, r) =>
        h.reduce((sum, v, c) => sum + parameters[at(weight, r, c)]! * v, parameters[bias.offset + r]!),
      );
    const lifted = affine(layout.lift.weight, layout.lift.bias, row);
    const states = [config.lift === "tanh" ? lifted.map(Math.tanh) : lifted];
    const zs: number[][] = [];
    for (const block of layout.blocks) {
      const h = states.at(-1)!;
      const z = affine(block.weight, block.bias, h);
      zs.push(z);
      states.push(h.map((v, d) => v + alpha * curves[config.activation].value(z[d]!)));
    }
    const f = affine(layout.readout.weight, layout.readout.bias, states.at(-1)!);
    const residual = f.map((v, o) => v - y[i * outputs + o]!);
    squares += residual.reduce((sum, r) => sum + r * r, 0);

    const pull = (slots: (typeof layout)["lift"], cotangent: number[], h: number[]): number[] => {
      const back = h.map(() => 0);
      cotangent.forEach((g, r) => {
        gradient[slots.bias.offset + r]! += g;
        h.forEach((v, c) => {
          gradient[at(slots.weight, r, c)]! += g * v;
          back[c]! += g * parameters[at(slots.weight, r, c)]!;
        });
      });
      return back;
    };
    let g = pull(layout.readout, residual, states[depth]!);
    for (let n = depth - 1; n >= 0; n--) {
      const dz = g.map((v, d) => alpha * v * curves[config.activation].slope(zs[n]![d]!));
      const back = pull(layout.blocks[n]!, dz, states[n]!);
      g = g.map((v, d) => v + back[d]!);
    }
    const dz = config.lift === "tanh" ? g.map((v, d) => v * (1 - states[0]![d]! ** 2)) : g;
    pull(layout.lift, dz, row);
  }
  const loss = Math.sqrt(squares / count);
  return { loss, gradient: gradient.map((v) => (loss === 0 ? 0 : v / (count * loss))) };
}
