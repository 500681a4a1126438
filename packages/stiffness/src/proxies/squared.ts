import type {
  BoundDifferentiableProxy,
  BoundProxy,
  DifferentiableProxy,
  ProxySpace,
  StiffnessProxy,
} from "../proxy.ts";

/** The square of a proxy's value, in 1/time^2, with the gradient 2 value d value: |J|_F^2 and sigma_1^2 are
 *  the slides' "frob" and "singular". Beyond 1.8e19 the square is infinite in float32, below 1e-23 it is
 *  0. */
export function squared(proxy: DifferentiableProxy): DifferentiableProxy;
export function squared(proxy: StiffnessProxy): StiffnessProxy;
export function squared(proxy: StiffnessProxy | DifferentiableProxy): StiffnessProxy {
  return {
    name: `${proxy.name}^2`,
    ...("exact" in proxy && proxy.exact && { exact: squared(proxy.exact) }),
    ...("subset" in proxy && { subset: proxy.subset }),
    bind: (space) => square(proxy.bind(space), space),
  };
}

function square(
  bound: BoundProxy | BoundDifferentiableProxy,
  { depth, capacity }: ProxySpace,
): BoundProxy | BoundDifferentiableProxy {
  const plain = new Float32Array(depth * capacity);
  const evaluate: BoundProxy["evaluate"] = (jacobians, values, indices) => {
    bound.evaluate(jacobians, plain, indices);
    for (let i = 0; i < jacobians.depth * jacobians.batch; i++) values[i] = plain[i]! * plain[i]!;
  };
  if (!("pullbackSlopes" in bound)) return { evaluate };
  const pulled = new Float32Array(depth * capacity);
  return {
    ...bound,
    evaluate,
    pullbackSlopes(jacobians, cotangent, slopes) {
      for (let i = 0; i < jacobians.depth * jacobians.batch; i++) pulled[i] = 2 * plain[i]! * cotangent[i]!;
      bound.pullbackSlopes(jacobians, pulled, slopes);
    },
  };
}
