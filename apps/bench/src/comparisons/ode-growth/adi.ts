import type { Preconditioner } from "@stiffnet/integrators";

/** A square of points with several unknowns at each, one after another, all with the same diffusion. */
export interface Square {
  readonly side: number;
  readonly parts: number;
  /** Coupling of neighbours: the coefficient over the squared distance. */
  readonly coupling: number;
  /** Behind the boundary the neighbour inside is seen again; else nothing. */
  readonly reflecting: boolean;
}

/** (shift - d D_x)(shift - d D_y) / shift, near shift - J for a J of diffusion: tridiagonal systems along
 *  each row, then along each column. `ode-growth.cpp` has the same. @see Peaceman and Rachford 1955 */
export function alternatingDirections({ side, parts, coupling, reflecting }: Square): Preconditioner {
  const lower = new Float64Array(side);
  const upper = new Float64Array(side);
  const inverse = new Float64Array(side);
  const row = side * parts;
  let scale = 1;
  return {
    prepare(_t, _y, shift) {
      scale = shift;
      for (let i = 0; i < side; i++) {
        upper[i] = -coupling * (reflecting && i === 0 ? 2 : 1);
        const before = -coupling * (reflecting && i === side - 1 ? 2 : 1);
        lower[i] = i === 0 ? 0 : before * inverse[i - 1]!;
        inverse[i] = 1 / (shift + 2 * coupling - (i === 0 ? 0 : lower[i]! * upper[i - 1]!));
      }
    },
    solve(b) {
      for (let start = 0; start < b.length; start += row) {
        for (let i = 1; i < side; i++) {
          for (let at = start + i * parts; at < start + (i + 1) * parts; at++)
            b[at] = b[at]! - lower[i]! * b[at - parts]!;
        }
        for (let at = start + row - parts; at < start + row; at++) b[at] = b[at]! * inverse[side - 1]!;
        for (let i = side - 2; i >= 0; i--) {
          for (let at = start + i * parts; at < start + (i + 1) * parts; at++)
            b[at] = (b[at]! - upper[i]! * b[at + parts]!) * inverse[i]!;
        }
      }
      for (let i = 1; i < side; i++) {
        for (let at = i * row; at < (i + 1) * row; at++) b[at] = b[at]! - lower[i]! * b[at - row]!;
      }
      for (let at = (side - 1) * row; at < side * row; at++) b[at] = scale * b[at]! * inverse[side - 1]!;
      for (let i = side - 2; i >= 0; i--) {
        for (let at = i * row; at < (i + 1) * row; at++)
          b[at] = (scale * b[at]! - upper[i]! * b[at + row]!) * inverse[i]!;
      }
    },
  };
}
