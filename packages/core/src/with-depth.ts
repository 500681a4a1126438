import { needed, whole } from "@stiffnet/base";
import { asOde, type ModelConfig } from "./config.ts";
import { requireOptions } from "./errors.ts";
import { layoutOf } from "./layout.ts";
import { type Model, requireModel } from "./model.ts";

/** The same field on [0, T] in `depth` steps of T / depth. Weights in a continuous basis are read at the new
 *  times, with the same parameters. Among N layers, step m reads layer floor(m N / depth): half the depth
 *  keeps every second layer and doubles the step. The kind of the network stays.
 *  @throws ConfigError for a network without skip connections: it has no time. */
export function withDepth<C extends ModelConfig>(model: Model<C>, depth: number): Model<C> {
  requireOptions("withDepth", { depth }, { depth: needed(whole(1)) });
  requireModel("withDepth", model);
  const { weights } = asOde(model.config, "withDepth");
  if (weights.basis !== "perLayer") return { ...model, config: { ...model.config, depth } };
  const held = model.config.kind === "neuralOde" && { weights: { ...weights, layers: depth } };
  const config: C = { ...model.config, depth, ...held };
  const layout = layoutOf(config);
  const parameters = new Float32Array(layout.size);
  const layers = layout.blocks.map((to, m) => {
    return [to, model.layout.blocks[Math.floor((m * weights.layers) / depth)]!] as const;
  });
  const ends = [
    [layout.lift, model.layout.lift],
    [layout.readout, model.layout.readout],
  ] as const;
  for (const [to, from] of [...layers, ...ends]) {
    for (const part of ["weight", "bias"] as const) {
      const { offset, size } = from[part];
      parameters.set(model.parameters.subarray(offset, offset + size), to[part].offset);
    }
  }
  return { ...model, config, layout, parameters };
}
