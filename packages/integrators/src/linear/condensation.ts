/** Unknowns that can be eliminated before all others at little cost, as positions are by their velocities:
 *  their rows of J have few entries off the diagonal, all of them in columns of those that are kept. */
export interface Condensation {
  readonly eliminated: Int32Array;
  readonly kept: Int32Array;
  /** Of each entry of the eliminated rows off the diagonal: the unknown eliminated, and the one kept, by its
   *  number in its list. */
  readonly from: Int32Array;
  readonly to: Int32Array;
}

/** Below so many unknowns looking for it costs more than it saves, and so it does where fewer than this part
 *  of them can be eliminated. */
export const WORTH_CONDENSING = 32;
const PART = 0.25;
/** Entries of a row that is eliminated. */
const FEW = 3;
const COLUMNS_PER_LOOK = 8;

/** Of a dense column-major J: the one at hand as long as it serves; undefined where there is little to
 *  eliminate. */
export function condensationFor(
  jacobian: Float64Array,
  n: number,
  atHand: Condensation | undefined,
): Condensation | undefined {
  return atHand !== undefined && fits(atHand, jacobian, n) ? atHand : condensationOf(jacobian, n);
}

function condensationOf(jacobian: Float64Array, n: number): Condensation | undefined {
  const counts = new Int32Array(n);
  for (let j = 0, at = 0; j < n; j++) {
    for (let i = 0; i < n; i++, at++) if (i !== j && jacobian[at] !== 0) counts[i]!++;
    if (j % COLUMNS_PER_LOOK === 0 && counts.filter((count) => count <= FEW).length < PART * n)
      return undefined;
  }
  const columnsOf = (i: number): number[] =>
    Array.from({ length: n }, (_, j) => j).filter((j) => j !== i && jacobian[i + n * j] !== 0);
  const place = new Int32Array(n).fill(-1);
  const needed = new Uint8Array(n);
  const eliminated: number[] = [];
  const entries: [number, number][] = [];
  for (let i = 0; i < n; i++) {
    if (counts[i]! > FEW || needed[i] === 1) continue;
    const columns = columnsOf(i);
    if (columns.some((j) => place[j]! >= 0)) continue;
    place[i] = eliminated.length;
    eliminated.push(i);
    for (const j of columns) {
      needed[j] = 1;
      entries.push([place[i]!, j]);
    }
  }
  if (eliminated.length < PART * n) return undefined;
  const kept = Array.from(place.keys()).filter((i) => place[i] === -1);
  kept.forEach((i, k) => {
    place[i] = k;
  });
  return {
    eliminated: Int32Array.from(eliminated),
    kept: Int32Array.from(kept),
    from: Int32Array.from(entries, ([s]) => s),
    to: Int32Array.from(entries, ([, j]) => place[j]!),
  };
}

/** Whether the eliminated rows of another J have no entries elsewhere. */
function fits({ eliminated, kept, from, to }: Condensation, jacobian: Float64Array, n: number): boolean {
  let elsewhere = 0;
  for (let at = 0; at < n * n; at += n) {
    for (let s = 0; s < eliminated.length; s++) if (jacobian[at + eliminated[s]!] !== 0) elsewhere++;
  }
  for (let s = 0; s < eliminated.length; s++) if (jacobian[eliminated[s]! * (n + 1)] !== 0) elsewhere--;
  for (let e = 0; e < from.length; e++) {
    if (jacobian[eliminated[from[e]!]! + n * kept[to[e]!]!] !== 0) elsewhere--;
  }
  return elsewhere === 0;
}
