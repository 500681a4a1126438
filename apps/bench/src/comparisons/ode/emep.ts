import { readFileSync } from "node:fs";
import type { OdeProblem } from "@stiffnet/integrators";

// The chemistry is a table that the peers' C includes: species and reactions are read out of it.
const table = readFileSync(new URL("../../../peers/emep-reactions.h", import.meta.url), "utf8");

/** The text that `#define name` defines. */
function macro(name: string): string {
  const lines = table
    .slice(table.indexOf(`#define ${name} `))
    .split("\n")
    .slice(1);
  const last = lines.findIndex((line) => !line.endsWith("\\"));
  return lines
    .slice(0, last + 1)
    .join("")
    .replaceAll(/\\|\/\*.*?\*\//g, "");
}

type Law = "ARRHENIUS" | "LIGHT" | "WATER" | "PEROXIDE" | "DEPOSITION" | "EMISSION";
type Reaction = readonly [law: Law, a: number, b: number, from: string[], to: [string, number][]];

/** NONE, which stands for 1, and the 66 species. */
const names = macro("EMEP_SPECIES")
  .split(",")
  .map((name) => name.trim());
const SPECIES = names.length - 1;
const reactions: readonly Reaction[] = JSON.parse(
  `[${macro("EMEP_REACTIONS")}]`
    .replaceAll("{", "[")
    .replaceAll("}", "]")
    .replaceAll(/[A-Z]\w*/g, '"$&"'),
);
const at = (name: string | undefined): number => names.indexOf(name ?? "NONE");

/** Reaction r runs at k[r] z[first[r]] z[second[r]], and changes species[e] by change[e] for the entries e
 *  from start[r] to start[r + 1]. */
const first = Int32Array.from(reactions, ([, , , from]) => at(from[0]));
const second = Int32Array.from(reactions, ([, , , from]) => at(from[1]));
const entries = reactions.map(([, , , from, to]) => {
  const net = new Map<number, number>();
  for (const [name, amount] of [...from.map((name) => [name, -1] as const), ...to])
    net.set(at(name), (net.get(at(name)) ?? 0) + amount);
  return [...net].filter(([i, amount]) => i > 0 && amount !== 0);
});
const start = Int32Array.from([0, ...entries.keys()], (_, r) => entries.slice(0, r).flat().length);
const species = Int32Array.from(entries.flat(), ([i]) => i - 1);
const change = Float64Array.from(entries.flat(), ([, amount]) => amount);

const T = 298;
const HOUR = 3600;

/** Rates at time t (s) since four o'clock in the morning: of what does not change, once. */
const k = Float64Array.from(reactions, ([law, a, b]) =>
  law === "EMISSION" ? a / 1.2e5 : a * Math.exp(b / T),
);
const changing = reactions.flatMap(([law, a, b], r) =>
  law === "ARRHENIUS" || law === "EMISSION" ? [] : [{ law, a, b, r }],
);
let ratesAt = Number.NaN;

function updateRates(t: number): void {
  if (t === ratesAt) return;
  ratesAt = t;
  const clock = (t + 4 * HOUR) % (24 * HOUR);
  const light = clock >= 4 * HOUR && clock < 20 * HOUR;
  const degree = Math.PI / 180;
  const [latitude, declination] = [50 * degree, 23.5 * degree];
  const sec =
    1 /
    (Math.cos((180 + clock / 240) * degree) * Math.cos(latitude) * Math.cos(declination) +
      Math.sin(latitude) * Math.sin(declination));
  const vapour = (((597.3 - 0.57 * (T - 273.16)) * 18) / 1.986) * (1 / T - 1 / 273.16);
  const humidity = 23 * Math.sin(2.43 - 7.93e-5 * clock) + 66.5;
  const water = ((6.1078 * Math.exp(-vapour) * 10) / (1.38e-16 * T)) * humidity;
  const laws: Readonly<Record<string, (a: number, b: number) => number>> = {
    LIGHT: (a, b) => (light ? a * Math.exp(-b * sec) : 1e-40),
    WATER: (a) => a * water,
    PEROXIDE: () =>
      (2.3e-13 * Math.exp(600 / T) + 2.55e19 * 1.7e-33 * Math.exp(1000 / T)) *
      (1 + 1.4e-21 * water * Math.exp(2200 / T)),
    DEPOSITION: (a) => (a * (light ? 1 : 0.25)) / 1.2e5,
  };
  for (const { law, a, b, r } of changing) k[r] = laws[law]!(a, b);
}

/** Concentrations, after 1. */
const z = new Float64Array(SPECIES + 1).fill(1);

function addReaction(r: number, amount: number, out: Float64Array, offset: number): void {
  for (let e = start[r]!; e < start[r + 1]!; e++) {
    const i = offset + species[e]!;
    out[i] = out[i]! + change[e]! * amount;
  }
}

/** Ozone above Europe over four and a half days: 66 species, sunlight from 4 to 20 o'clock (`emepJumps`).
 *  @see Verwer and Simpson, Explicit methods for stiff ODEs from atmospheric chemistry, 1995 */
export const emep: OdeProblem = {
  f: (t, y, dy) => {
    updateRates(t);
    z.set(y, 1);
    dy.fill(0);
    for (let r = 0; r < k.length; r++) addReaction(r, k[r]! * z[first[r]!]! * z[second[r]!]!, dy, 0);
  },
  jacobian: (t, y, jac) => {
    updateRates(t);
    z.set(y, 1);
    for (let r = 0; r < k.length; r++) {
      const [a, b] = [first[r]!, second[r]!];
      if (a > 0) addReaction(r, k[r]! * z[b]!, jac, SPECIES * (a - 1));
      if (b > 0) addReaction(r, k[r]! * z[a]!, jac, SPECIES * (b - 1));
    }
  },
  // A reaction changes its species by the amounts of its reactants.
  sparsity: Array.from({ length: SPECIES }, (_, j) => [
    ...new Set(
      entries.flatMap((net, r) => (first[r] === j + 1 || second[r] === j + 1 ? net : [])).map(([i]) => i - 1),
    ),
  ]),
  y0: names.slice(1).map((name, i) => {
    const known: Readonly<Record<string, number>> = {
      NO: 1e9,
      NO2: 5e9,
      SO2: 5e9,
      CO: 3.8e12,
      CH4: 3.5e13,
      O3: 5e11,
      OD: 1e-3,
    };
    return known[name] ?? (i < 13 ? 1e7 : 100);
  }),
  tSpan: [0, 112 * HOUR],
};

export const emepJumps: readonly number[] = [16, 24, 40, 48, 64, 72, 88, 96].map((hours) => hours * HOUR);
