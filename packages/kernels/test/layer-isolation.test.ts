import { describe, it } from "vitest";
import { type ActivationName, activationCodes, createKernels, padded } from "../src/index.ts";
import {
  createImplicit,
  createNetwork,
  createRungeKutta,
  type Network,
  type UncheckedKernels,
  unchecked,
} from "../src/unchecked.ts";
import { depth, expectAlone, noise, place, rowsOf, width } from "./neighbours.ts";

const solvers: Record<
  string,
  (kernels: UncheckedKernels, network: Network) => { forward(): void; backward(): void }
> = {
  blocks: ({ call }, { struct }) => ({
    forward: () => call.forward(struct),
    backward: () => call.backward(struct),
  }),
  "Runge-Kutta": (kernels, network) =>
    createRungeKutta(
      kernels,
      network,
      {
        a: [
          [0, 0],
          [0.5, 0],
        ],
        b: [0, 1],
      },
      [0, 1, 1, 2, 2, 2],
    ),
  "backward Euler": (kernels, network) => implicitBy(kernels, network, 1),
  "implicit midpoint": (kernels, network) => implicitBy(kernels, network, 0.5),
};
function implicitBy(kernels: UncheckedKernels, network: Network, share: number) {
  const solver = createImplicit(kernels, network, share, [0, 1, 2]);
  solver.setStep(0.3);
  solver.setStart(true);
  return solver;
}

describe.each(Object.keys(activationCodes) as ActivationName[])("%s", (activation) => {
  it.each(Object.keys(solvers))("forward and backward through %s", (name) => {
    const size = width * (width + 1) + depth * width * (width + 1) + 2 * (width + 1);
    expectAlone((given) => {
      const kernels = unchecked(createKernels());
      const { arena, call } = kernels;
      const batch = given.length;
      const shape = {
        inputs: width,
        outputs: 2,
        width,
        depth,
        activation,
        lift: "tanh",
        alpha: 0.3,
      } as const;
      const network = createNetwork(kernels, shape, { size, capacity: batch, penalty: true, stages: 2 });
      const { forward, backward } = solvers[name]!(kernels, network);
      network.parameters.array.set(noise(size, 7));
      network.setBatch(batch);
      const { stride } = network;
      const inputs = arena.float32(batch * width);
      given.forEach((sample, i) => {
        inputs.array.set(sample, i * width);
      });
      const indices = arena.uint32(batch);
      indices.array.forEach((_, i) => {
        indices.array[i] = i;
      });
      const outputs = arena.float32(batch * 2);
      call.gather({ network: network.struct, inputs, outputs, indices });
      forward();
      call.residual(network.struct);
      const residuals = network.predictions.array.slice(0, 2 * stride);
      network.gradSlopes.array.fill(0.1);
      backward();
      const part = (field: "g" | "h" | "slope" | "curvature", length: number) =>
        new Float32Array(network.parameters.array.buffer, network.struct.get(field), length * stride);
      const left = [
        part("h", (depth + 1) * width),
        part("slope", depth * width),
        part("g", width),
        residuals,
      ];
      return rowsOf(batch, stride, ...left);
    });
  });

  it("activate", () => {
    expectAlone((given) => {
      const { arena, call } = unchecked(createKernels());
      const stride = padded(given.length);
      const block = () => arena.float32(width * stride);
      const [z, value, slope, curvature] = [block(), block(), block(), block()];
      place(z, given, stride);
      call.activate({ kind: activationCodes[activation], size: width * stride, z, value, slope, curvature });
      return rowsOf(given.length, stride, value.array, slope.array, curvature.array);
    });
  });
});
