import type { Kernels } from "@stiffnet/kernels";
import {
  createImplicit,
  createNetwork,
  createRungeKutta,
  type LayerSolver,
  type Network,
  unchecked,
} from "@stiffnet/kernels/unchecked";
import { type ModelConfig, stateWidth } from "./config.ts";
import type { Discretisation } from "./discretisation.ts";

/** A network in the kernels' memory, with the solver that takes it through its layers. */
export interface NetworkSolver extends LayerSolver {
  readonly network: Network;
  setHorizon(horizon: number): void;
  /** Whether the forward pass must fill the slopes at the beginning of each step. */
  setSlopes(wanted: boolean): void;
}

export function createNetworkSolver(
  kernels: Kernels,
  config: ModelConfig,
  { method, stages, nodes, nodeOf }: Discretisation,
  options: { size: number; capacity: number; penalty: boolean },
): NetworkSolver {
  const { inputs, outputs, depth, activation, horizon } = config;
  const plain = config.kind === "resnet" && config.skip === false;
  const stepOf = (time: number): number => (plain ? 1 : time / depth);
  const network = createNetwork(
    kernels,
    {
      inputs,
      outputs,
      width: stateWidth(config),
      depth,
      activation,
      lift: config.lift === "tanh" ? "tanh" : "identity",
      alpha: stepOf(horizon),
      lifted: config.width,
      nodes,
      skip: !plain,
    },
    { ...options, stages: "share" in method ? 1 : stages },
  );
  const setHorizon = (time: number): void => network.setAlpha(stepOf(time));
  const setSlopes = (): void => undefined;
  if ("share" in method) {
    const solver = createImplicit(kernels, network, method.share, nodeOf);
    solver.setStep(stepOf(horizon));
    return {
      network,
      forward: solver.forward,
      backward: solver.backward,
      get unsolved() {
        return solver.unsolved;
      },
      setHorizon: (time) => solver.setStep(stepOf(time)),
      setSlopes: solver.setStart,
    };
  }
  if (stages > 1) {
    return { network, ...createRungeKutta(kernels, network, method, nodeOf), setHorizon, setSlopes };
  }
  const { call } = unchecked(kernels);
  return {
    network,
    forward: () => call.forward(network.struct),
    backward: () => call.backward(network.struct),
    unsolved: 0,
    setHorizon,
    setSlopes,
  };
}
