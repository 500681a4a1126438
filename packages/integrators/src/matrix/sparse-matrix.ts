import { Matrix, type Places } from "./matrix.ts";
import { patternOfEntries, type SparsePattern } from "./pattern.ts";

export class SparseMatrix extends Matrix {
  readonly form = "sparse";
  readonly n: number;
  readonly pattern: SparsePattern;
  readonly values: Float64Array;

  constructor(pattern: SparsePattern) {
    super();
    this.pattern = pattern;
    this.n = pattern.n;
    this.values = new Float64Array(pattern.size);
  }

  index(i: number, j: number): number {
    return this.pattern.find(i, j);
  }

  forEachEntry(visit: (i: number, j: number, at: number) => void): void {
    const { n, starts, rows } = this.pattern;
    for (let j = 0; j < n; j++) for (let e = starts[j]!; e < starts[j + 1]!; e++) visit(rows[e]!, j, e);
  }

  like(): SparseMatrix {
    return new SparseMatrix(this.pattern);
  }

  doubled(coupled: Places): SparseMatrix {
    const places: { rows: number[]; columns: number[] } = { rows: [], columns: [] };
    this.forEachEntry((i, j) => {
      places.rows.push(2 * i, 2 * i + 1);
      places.columns.push(2 * j, 2 * j + 1);
    });
    for (let e = 0; e < coupled.rows.length; e++) {
      const [i, j] = [2 * coupled.rows[e]!, 2 * coupled.columns[e]!];
      places.rows.push(i, i + 1);
      places.columns.push(j + 1, j);
    }
    return new SparseMatrix(patternOfEntries(2 * this.n, places.rows, places.columns));
  }
}
