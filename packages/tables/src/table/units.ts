import { samplingStream, shuffle } from "@stiffnet/base";
import type { Samples } from "@stiffnet/preparation";
import { firstEqual } from "./equal-rows.ts";

/** Rows that have to stay on one side of a split, counted from 0. */
export type Unit = readonly number[];

/** The first row that a row equals in inputs and outputs, and the first that it equals in the inputs. */
export interface Copies {
  readonly rows: Uint32Array;
  readonly inputs: Uint32Array;
}

export function copiesIn({ count, inputs, outputs }: Samples): Copies {
  const [across, beside] = [inputs.length / count, outputs.length / count];
  const input = (row: number, column: number): number => inputs[row * across + column]!;
  return {
    inputs: firstEqual(count, across, input),
    rows: firstEqual(count, across + beside, (row, column) =>
      column < across ? input(row, column) : outputs[row * beside + column - across]!,
    ),
  };
}

/** Joins copies, and rows of one group, to units, in the order of their first rows. */
export function unitsOf(copies: Copies, group?: (row: number) => string): Unit[] {
  const parents = copies.rows.slice();
  const rootOf = (row: number): number => {
    let root = row;
    while (parents[root] !== root) root = parents[root]!;
    parents[row] = root;
    return root;
  };
  if (group) {
    const firsts = new Map<string, number>();
    for (let row = 0; row < parents.length; row++) {
      const name = group(row);
      const first = firsts.get(name);
      if (first === undefined) firsts.set(name, row);
      else {
        const [a, b] = [rootOf(first), rootOf(row)];
        parents[Math.max(a, b)] = Math.min(a, b);
      }
    }
  }
  const members = new Map<number, number[]>();
  for (let row = 0; row < parents.length; row++) {
    const root = rootOf(row);
    const unit = members.get(root);
    if (unit) unit.push(row);
    else members.set(root, [row]);
  }
  return [...members.values()];
}

/** Units in the random order of a split. */
export function shuffled(units: readonly Unit[], options: { seed?: number; trial?: number }): Unit[] {
  const { seed = 1, trial = 0 } = options;
  const order = shuffle(new Uint32Array(units.length), samplingStream(seed, "split", trial));
  return Array.from(order, (unit) => units[unit]!);
}

/** Units that come near to the wanted number of rows, in their order, and the others: at least one where rows
 *  are wanted, and at least `spare` others. From several units it begins, until the number is met. */
export function draw(units: readonly Unit[], wanted: number, spare: number): Drawn {
  let best: Drawn = { taken: [], left: units };
  let off = Number.POSITIVE_INFINITY;
  for (let start = 0; start < Math.min(units.length, 32) && wanted > 0 && off > 0; start++) {
    const drawn = drawFrom([...units.slice(start), ...units.slice(0, start)], wanted, spare);
    const miss = Math.abs(rowsOf(drawn.taken) - wanted);
    if (drawn.taken.length > 0 && miss < off) [best, off] = [drawn, miss];
  }
  return best;
}

interface Drawn {
  readonly taken: readonly Unit[];
  readonly left: readonly Unit[];
}

/** Takes units as long as they fit, then the smallest of the others if that comes nearer. */
function drawFrom(units: readonly Unit[], wanted: number, spare: number): Drawn {
  const taken: Unit[] = [];
  const left: Unit[] = [];
  let rows = 0;
  for (const unit of units) {
    const fits = rows + unit.length <= wanted && units.length - taken.length > spare;
    (fits ? taken : left).push(unit);
    if (fits) rows += unit.length;
  }
  const smallest = left.reduce((least, unit, i) => (unit.length < left[least]!.length ? i : least), 0);
  const over = rows + (left[smallest]?.length ?? Number.POSITIVE_INFINITY) - wanted;
  const lacking = wanted - rows;
  if (lacking > 0 && left.length > spare && (taken.length === 0 || over < lacking)) {
    taken.push(...left.splice(smallest, 1));
  }
  return { taken, left };
}

export function rowsOf(units: readonly Unit[]): number {
  return units.reduce((sum, unit) => sum + unit.length, 0);
}
