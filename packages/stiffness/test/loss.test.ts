import { randomStream } from "@stiffnet/base";
import { activations, createEngine, type ResNetConfig, resnet } from "@stiffnet/core";
import { describe, expect, it } from "vitest";
import { stiffnessPenalty } from "../src/index.ts";
import { family } from "./family.ts";
import { central, difference } from "./float64.ts";
import { type Aggregate, loss64 } from "./network64.ts";

/** The gradient of the whole training loss flows through the network, the weights of the Jacobians and, by
 *  s'', their slopes. It must match central differences of the float64 loss in every parameter. */
const shape = { inputs: 2, outputs: 2, width: 5, depth: 3, horizon: 2 };
const random = randomStream(21, 0);
const draw = (n: number) => Float32Array.from({ length: n }, () => 2 * random.uniform() - 1);
const samples = { x: draw(12), y: draw(12) };
const weight = 0.3;

/** Members of one kind, squares among them, have the same values of a matrix, and the same loss and central
 *  differences of it. */
const references = new Map<Float32Array, Map<string, { loss: number; gradient: Float64Array }>>();
function referenceOf(
  config: ResNetConfig,
  parameters: Float32Array,
  { kind, square, value }: (typeof family)[number],
  aggregate: Aggregate,
) {
  const known = references.get(parameters) ?? new Map<string, { loss: number; gradient: Float64Array }>();
  references.set(parameters, known);
  const name = `${kind} ${square} ${aggregate}`;
  const loss = (p: ArrayLike<number>) => loss64(config, p, samples, { value, weight, aggregate });
  const found = known.get(name) ?? { loss: loss(parameters), gradient: central(loss, parameters) };
  known.set(name, found);
  return found;
}

function check(
  config: ResNetConfig,
  parameters: Float32Array,
  member: (typeof family)[number],
  aggregate: Aggregate,
): void {
  const penalty = stiffnessPenalty(member.proxy, { weight, aggregate, subset: 1 });
  const engine = createEngine(config, { batchSize: 6, penalty, rows: 6 });
  engine.write({ parameters });
  const table = engine.table(samples.x, samples.y);
  const order = new Uint32Array(6);
  order.set([4, 1, 0, 3, 5, 2]);
  let loss = 0;
  for (let visit = 0; visit < member.visits + 5; visit++)
    loss = engine.lossAndGradient(table, order, 0, 6).loss;
  const reference = referenceOf(config, parameters, member, aggregate);
  expect(Math.abs(loss / reference.loss - 1)).toBeLessThan(Math.max(1e-6, member.error.value));
  // Weighted down against the risk's gradient, and so somewhat better than the proxy's own.
  expect(difference(engine.gradient(), reference.gradient)).toBeLessThan(
    Math.max(1e-5, member.error.gradient),
  );
}

describe.each(activations)("%s", (activation) => {
  const { config, parameters } = resnet({ ...shape, activation, seed: 5 });
  // Twice the initial weights: rectifiers and sines leave their linear ranges.
  const doubled = parameters.map((p) => 2 * p);

  it.each(family)("mean of $proxy.name", (member) => check(config, doubled, member, "mean"));
});

it.each(["sum", "max"] as const)("%s over the layers", (aggregate) => {
  const { config, parameters } = resnet({ ...shape, seed: 6 });
  for (const member of family) check(config, parameters, member, aggregate);
});

it("identity lift, one layer, width 1", () => {
  const { config, parameters } = resnet({
    inputs: 2,
    outputs: 2,
    width: 1,
    depth: 1,
    lift: "identity",
    seed: 2,
  });
  for (const member of family) check(config, parameters, member, "mean");
});
