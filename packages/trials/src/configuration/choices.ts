import { type PenalisedName, type ProxyName, penalisedProxies, proxies } from "@stiffnet/stiffness";

// Allowed values of configuration fields that no package defines.

/** "l2" is the mean Euclidean norm of the tensors. The others are a proxy's mean, sum or maximum over the
 *  layers. */
export type PenaltyKind = "l2" | PenalisedName;
export const penaltyKinds: readonly PenaltyKind[] = [
  "l2",
  ...(Object.keys(penalisedProxies) as PenalisedName[]),
];

export const aggregates = ["mean", "sum", "max"] as const;

export const engineNames = ["kernels", "tfjs"] as const;
export type EngineName = (typeof engineNames)[number];

export const lifts = ["tanh", "identity"] as const;

/** Bases of the weights that a name tells, and those with a size: what it is called, and the least. */
export const weightNames = ["perLayer", "constant", "linear", "quadratic", "cubic"] as const;
export const sizedBases = {
  perLayer: ["layers", 1],
  polynomial: ["degree", 0],
  piecewiseLinear: ["knots", 2],
} as const;

export const proxyNames = Object.keys(proxies) as ProxyName[];

/** Treatment of empty cells: refuse them, drop their rows, or fill inputs with their mean. */
export const missingRules = ["error", "drop", "mean"] as const;
export type MissingRule = (typeof missingRules)[number];

/** What 'train' keeps. */
export const surrogates = ["best", "network", "gaussian-process"] as const;
