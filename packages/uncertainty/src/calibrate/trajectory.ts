import exp from "@stdlib/math-base-special-exp";
import ln from "@stdlib/math-base-special-ln";
import type { RandomStream } from "@stiffnet/base";
import { dot } from "../dot.ts";
import { normalQuantile } from "./normal.ts";

/** The logarithm of a density at a point, up to a constant; writes its gradient. -Infinity outside. */
export type LogDensity = (at: Float64Array, gradient: Float64Array) => number;

/** A point of phase space. Momentum and gradient are those by w, where q = root w. */
interface Point {
  readonly q: Float64Array;
  readonly p: Float64Array;
  readonly gradient: Float64Array;
  readonly value: number;
}

/** A piece of trajectory, in the order of time. */
interface Tree {
  readonly first: Point;
  readonly last: Point;
  /** Sum of the momenta. */
  readonly rho: Float64Array;
  readonly proposal: Point;
  /** Logarithm of the summed weights exp(H0 - H). */
  readonly weight: number;
  readonly turned: boolean;
}

export const largestDepth = 10;
const largestEnergyError = 1000;

/** A motion with the energy H = -ln p(q) + |p|^2 / 2. The coordinates w make the density round: q = root w,
 *  with a lower triangular root. */
export interface Motion {
  readonly density: LogDensity;
  readonly root: readonly number[];
  readonly random: RandomStream;
}

export interface Drawn {
  readonly position: Float64Array;
  /** Mean acceptance over the trajectory. */
  readonly acceptance: number;
  readonly diverged: boolean;
  readonly depth: number;
  /** Leapfrog steps. */
  readonly steps: number;
}

/** The next position: a multinomial draw from a trajectory that doubles, forwards or backwards in time, until
 *  it turns back, as a whole or between its halves. */
export function drawFrom(motion: Motion, position: Float64Array, step: number): Drawn {
  const start = pushed(motion, position);
  const before = energy(start);
  let [steps, acceptance, diverged] = [0, 0, false];
  const grow = (from: Point, depth: number, forward: boolean): Tree | undefined => {
    if (depth === 0) {
      const point = leapfrog(motion, from, forward ? step : -step);
      const error = energy(point) - before;
      steps++;
      if (!(error <= largestEnergyError)) {
        diverged = true;
        return undefined;
      }
      acceptance += Math.min(1, exp(-error));
      return treeOf(point, -error);
    }
    const near = grow(from, depth - 1, forward);
    const far = near && grow(forward ? near.last : near.first, depth - 1, forward);
    if (far === undefined) return undefined;
    const both = merged(motion, near!, far, forward, logSum(near!.weight, far.weight));
    return both.turned ? undefined : both;
  };
  let tree = treeOf(start, 0);
  let depth = 0;
  while (depth < largestDepth && !tree.turned) {
    const forward = uniform(motion.random) > 0.5;
    const grown = grow(forward ? tree.last : tree.first, depth, forward);
    if (grown === undefined) break;
    depth++;
    // The new half is favoured: draws move further.
    tree = merged(motion, tree, grown, forward, tree.weight);
  }
  return { position: tree.proposal.q, acceptance: acceptance / steps, diverged, depth, steps };
}

/** The step, doubled or halved from `first` until one leapfrog passes this acceptance. `steps` counts the
 *  leapfrogs. */
export function findStep(
  motion: Motion,
  position: Float64Array,
  first: number,
  acceptance: number,
): { readonly step: number; readonly steps: number } {
  const accepts = (step: number): boolean => {
    const start = pushed(motion, position);
    return energy(start) - energy(leapfrog(motion, start, step)) > ln(acceptance);
  };
  const grows = accepts(first);
  let [step, steps] = [first, 1];
  do {
    step *= grows ? 2 : 0.5;
    steps++;
  } while (accepts(step) === grows && steps < 60);
  return { step, steps };
}

/** Uniform in (0, 1), with 52 bits. */
export function uniform(random: RandomStream): number {
  return ((random.bits() >>> 6) * 2 ** 26 + (random.bits() >>> 6) + 0.5) / 2 ** 52;
}

const treeOf = (point: Point, weight: number): Tree => ({
  first: point,
  last: point,
  rho: point.p,
  proposal: point,
  weight,
  turned: false,
});

function pointAt({ density, root }: Motion, q: Float64Array, p: Float64Array): Point {
  const n = q.length;
  const slopes = new Float64Array(n);
  const value = density(q, slopes);
  const gradient = new Float64Array(n);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) gradient[j]! += root[i * n + j]! * slopes[i]!;
  return { q, p, gradient, value };
}

function pushed(motion: Motion, position: Float64Array): Point {
  const p = position.map(() => normalQuantile(uniform(motion.random)));
  return pointAt(motion, position, p);
}

function energy({ value, p }: Point): number {
  return dot(p, p) / 2 - value;
}

function leapfrog(motion: Motion, { q, p, gradient }: Point, step: number): Point {
  const n = q.length;
  const half = p.map((value, i) => value + (step / 2) * gradient[i]!);
  const moved = q.slice();
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j <= i; j++) sum += motion.root[i * n + j]! * half[j]!;
    moved[i]! += step * sum;
  }
  const end = pointAt(motion, moved, half);
  for (let i = 0; i < n; i++) half[i]! += (step / 2) * end.gradient[i]!;
  return end;
}

/** `old` and `grown`, which follows it in the direction of growth; the draw is of `grown` with the
 *  probability exp(its weight - against). */
function merged({ random }: Motion, old: Tree, grown: Tree, forward: boolean, against: number): Tree {
  const [left, right] = forward ? [old, grown] : [grown, old];
  const goesOn = (from: Point, to: Point, rho: Float64Array): boolean =>
    dot(rho, from.p) > 0 && dot(rho, to.p) > 0;
  const rho = sum(left.rho, right.rho);
  const straight =
    goesOn(left.first, right.last, rho) &&
    goesOn(left.first, right.first, sum(left.rho, right.first.p)) &&
    goesOn(left.last, right.last, sum(right.rho, left.last.p));
  const { proposal } = uniform(random) < exp(grown.weight - against) ? grown : old;
  const weight = logSum(old.weight, grown.weight);
  return { first: left.first, last: right.last, rho, proposal, weight, turned: !straight };
}

function sum(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value + b[i]!);
}

/** ln(exp(a) + exp(b)) */
function logSum(a: number, b: number): number {
  const [most, least] = a > b ? [a, b] : [b, a];
  return most + ln(1 + exp(least - most));
}
