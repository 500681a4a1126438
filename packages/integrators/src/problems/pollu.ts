import type { TestProblem } from "./problem.ts";

const k = [
  0.35, 26.6, 1.23e4, 8.6e-4, 8.2e-4, 1.5e4, 1.3e-4, 2.4e4, 1.65e4, 9e3, 0.022, 1.2e4, 1.88, 1.63e4, 4.8e6,
  3.5e-4, 0.0175, 1e8, 4.44e11, 1240, 2.1, 5.78, 0.0474, 1780, 3.12,
] as const;

/** For each reaction: reactants, then products; species are counted from 0. */
const reactions: readonly { readonly from: readonly number[]; readonly to: readonly number[] }[] = [
  { from: [0], to: [1, 2] },
  { from: [1, 3], to: [0] },
  { from: [4, 1], to: [5, 0] },
  { from: [6], to: [4, 4, 7] },
  { from: [6], to: [7] },
  { from: [6, 5], to: [4, 7] },
  { from: [8], to: [9, 4, 7] },
  { from: [8, 5], to: [10] },
  { from: [10, 1], to: [0, 9, 11] },
  { from: [10, 0], to: [12] },
  { from: [12], to: [10, 0] },
  { from: [9, 1], to: [13, 0] },
  { from: [13], to: [6, 4] },
  { from: [0, 5], to: [14] },
  { from: [2], to: [3] },
  { from: [3], to: [15] },
  { from: [3], to: [2] },
  { from: [15], to: [5, 5] },
  { from: [15], to: [2] },
  { from: [16, 5], to: [17, 4] },
  { from: [18], to: [1] },
  { from: [18], to: [0, 2] },
  { from: [0, 3], to: [18] },
  { from: [18, 0], to: [19] },
  { from: [19], to: [0, 18] },
];

/** The same in flat arrays. Reaction r runs at the rate k[r] y[first[r]] y[second[r]], with y[20] = 1. It
 *  changes species[e] by change[e] for the entries e from start[r] to start[r + 1]. */
const first = Int32Array.from(reactions, ({ from }) => from[0]!);
const second = Int32Array.from(reactions, ({ from }) => from[1] ?? 20);
const entries = reactions.map(({ from, to }) => {
  const change = new Map<number, number>();
  for (const i of from) change.set(i, (change.get(i) ?? 0) - 1);
  for (const i of to) change.set(i, (change.get(i) ?? 0) + 1);
  return [...change];
});
const start = Int32Array.from([0, ...entries.keys()], (_, r) => entries.slice(0, r).flat().length);
const species = Int32Array.from(entries.flat(), ([i]) => i);
const change = Float64Array.from(entries.flat(), ([, x]) => x);

/** A reaction changes its species by the amounts of its reactants. */
const sparsity = Array.from({ length: 20 }, (_, j) => [
  ...new Set(reactions.flatMap(({ from }, r) => (from.includes(j) ? entries[r]!.map(([i]) => i) : []))),
]);

function addReaction(r: number, amount: number, out: Float64Array, offset: number): void {
  for (let e = start[r]!; e < start[r + 1]!; e++) {
    const at = offset + species[e]!;
    out[at] = out[at]! + change[e]! * amount;
  }
}

/** The chemistry of an air pollution model (Verwer 1994): 20 species, 25 reactions. */
export const pollu: TestProblem = {
  name: "POLLU",
  f: (_t, y, dy) => {
    dy.fill(0);
    for (let r = 0; r < k.length; r++) {
      const b = second[r]!;
      addReaction(r, k[r]! * y[first[r]!]! * (b === 20 ? 1 : y[b]!), dy, 0);
    }
  },
  jacobian: (_t, y, jac) => {
    for (let r = 0; r < k.length; r++) {
      const a = first[r]!;
      const b = second[r]!;
      addReaction(r, k[r]! * (b === 20 ? 1 : y[b]!), jac, 20 * a);
      if (b !== 20) addReaction(r, k[r]! * y[a]!, jac, 20 * b);
    }
  },
  sparsity,
  autonomous: true,
  y0: [0, 0.2, 0, 0.04, 0, 0, 0.1, 0.3, 0.01, 0, 0, 0, 0, 0, 0, 0, 0.007, 0, 0, 0],
  tSpan: [0, 60],
  reference: [
    0.5646255480022769e-1, 0.1342484130422339, 0.4139734331099427e-8, 0.5523140207484359e-2,
    0.2018977262302196e-6, 0.1464541863493966e-6, 0.7784249118997964e-1, 0.3245075353396018,
    0.7494013383880406e-2, 0.1622293157301561e-7, 0.1135863833257075e-7, 0.2230505975721359e-2,
    0.208716288279863e-3, 0.1396921016840158e-4, 0.8964884856898295e-2, 0.4352846369330103e-17,
    0.6899219696263405e-2, 0.1007803037365946e-3, 0.1772146513969984e-5, 0.5682943292316392e-4,
  ],
  source: "Test Set for IVP Solvers (Mazzia and Magherini 2008), RADAU5 in quadruple precision",
  atolFor: (rtol) => new Array<number>(20).fill(rtol * 1e-7),
};
