import {
  createImplicit,
  createNetwork,
  createRungeKutta,
  type Kernels,
  type Network,
} from "@stiffnet/kernels";
import { type ModelConfig, stateWidth } from "./config.ts";
import type { Discretisation } from "./discretisation.ts";

/** A network in the kernels' memory, with the way through its layers that its solver takes. */
export interface Passing {
  readonly network: Network;
  forward(): void;
  backward(): void;
  /** Samples that Newton's iteration gave up, of the last forward pass. */
  readonly unsolved: number;
  setHorizon(horizon: number): void;
  /** Whether the forward pass must fill the slopes at the beginning of each step. */
  setSlopes(wanted: boolean): void;
}

export function createPassing(
  kernels: Kernels,
  config: ModelConfig,
  { method, stages, nodes, nodeOf }: Discretisation,
  options: { size: number; capacity: number; penalty: boolean },
): Passing {
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
    const passage = createImplicit(kernels, network, method.share, nodeOf);
    passage.setStep(stepOf(horizon));
    return {
      network,
      forward: passage.forward,
      backward: passage.backward,
      get unsolved() {
        return passage.unsolved;
      },
      setHorizon: (time) => passage.setStep(stepOf(time)),
      setSlopes: passage.setStart,
    };
  }
  if (stages > 1) {
    const { forward, backward } = createRungeKutta(kernels, network, method, nodeOf);
    return { network, forward, backward, unsolved: 0, setHorizon, setSlopes };
  }
  const { call } = kernels;
  return {
    network,
    forward: () => call.forward(network.struct),
    backward: () => call.backward(network.struct),
    unsolved: 0,
    setHorizon,
    setSlopes,
  };
}
