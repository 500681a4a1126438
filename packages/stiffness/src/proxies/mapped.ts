import ln from "@stdlib/math-base-special-ln";
import type {
  BoundDifferentiableProxy,
  BoundProxy,
  DifferentiableProxy,
  ProxySpace,
  StiffnessProxy,
} from "../proxy.ts";

/** A function of a proxy's value, and its derivative. */
interface ValueMap {
  readonly name: (of: string) => string;
  readonly value: (x: number) => number;
  readonly slope: (x: number) => number;
}

/** The square of a proxy's value, in 1/time^2, with the gradient 2 value d value: |J|_F^2 and sigma_1^2 are
 *  the slides' "frob" and "singular". Beyond 1.8e19 the square is infinite in float32, below 1e-23 it is
 *  0. */
export function squared(proxy: DifferentiableProxy): DifferentiableProxy;
export function squared(proxy: StiffnessProxy): StiffnessProxy;
export function squared(proxy: StiffnessProxy): StiffnessProxy {
  return mapped(proxy, { name: (of) => `${of}^2`, value: (x) => x * x, slope: (x) => 2 * x });
}

/** Values below this count as this, with a slope of 0. */
const least = 1e-30;

/** The natural logarithm of a proxy's value, for ratios and sizes. Its gradient is d value / value, so that a
 *  ratio of 1e6 is penalised no harder than a ratio of 10. Values below 1e-30 count as 1e-30, with gradient
 *  0. */
export function logarithm(proxy: DifferentiableProxy): DifferentiableProxy;
export function logarithm(proxy: StiffnessProxy): StiffnessProxy;
export function logarithm(proxy: StiffnessProxy): StiffnessProxy {
  return mapped(proxy, {
    name: (of) => `log ${of}`,
    value: (x) => ln(Math.max(x, least)),
    slope: (x) => (x < least ? 0 : 1 / x),
  });
}

/** The proxy whose value is a function of another's. */
export function mapped(
  proxy: StiffnessProxy | DifferentiableProxy,
  map: ValueMap,
): DifferentiableProxy | StiffnessProxy {
  return {
    name: map.name(proxy.name),
    ...("exact" in proxy && proxy.exact && { exact: mapped(proxy.exact, map) }),
    ...("subset" in proxy && { subset: proxy.subset }),
    bind: (space) => bind(proxy.bind(space), map, space),
  };
}

function bind(
  bound: BoundProxy | BoundDifferentiableProxy,
  { value, slope }: ValueMap,
  { depth, capacity }: ProxySpace,
): BoundProxy | BoundDifferentiableProxy {
  const plain = new Float32Array(depth * capacity);
  const evaluate: BoundProxy["evaluate"] = (jacobians, values, indices) => {
    bound.evaluate(jacobians, plain, indices);
    for (let i = 0; i < jacobians.depth * jacobians.batch; i++) values[i] = value(plain[i]!);
  };
  if (!("pullbackSlopes" in bound)) return { evaluate };
  const pulled = new Float32Array(depth * capacity);
  return {
    ...bound,
    evaluate,
    pullbackSlopes(jacobians, cotangent, slopes) {
      for (let i = 0; i < jacobians.depth * jacobians.batch; i++) {
        pulled[i] = slope(plain[i]!) * cotangent[i]!;
      }
      bound.pullbackSlopes(jacobians, pulled, slopes);
    },
  };
}
