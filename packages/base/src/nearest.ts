/** The name at the smallest edit distance from `asked`, if that is at most a third of the longer one's
 *  length. */
export function nearest(asked: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const name of names.slice(0, 2000)) {
    if (Math.abs(name.length - asked.length) > 8 || name.length > 64) continue;
    const distance = editDistance(asked.toLowerCase(), name.toLowerCase());
    if (distance <= Math.max(name.length, asked.length) / 3 && distance < bestDistance) {
      [best, bestDistance] = [name, distance];
    }
  }
  return best;
}

/** Insertions, deletions and exchanges of letters, and neighbours that changed places. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? before[j - 2]! + 1 : change;
      row.push(Math.min(change, swap, previous[j]! + 1, row[j - 1]! + 1));
    }
    before = previous;
    previous = row;
  }
  return previous[b.length]!;
}
