import type { SamplingStream } from "@stiffnet/base";
import { flag } from "@stiffnet/base";
import { DatasetError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { joeKuo } from "./joe-kuo.ts";
import type { Sampler } from "./types.ts";

const digits = 32;

/** Sobol's sequence in Gray-code order with the directions of Joe and Kuo (2008), up to 512 dimensions.
 *
 *  By default each axis is scrambled by a random lower-triangular matrix on the digits and a digital shift
 *  (Matousek 1998). Scrambling keeps the equidistribution, makes means unbiased, and moves the first point
 *  away from the corner. With `scramble: false` the points are the sequence itself, starting with (0, ...,
 *  0). */
export function sobol(options: { scramble?: boolean } = {}): Sampler {
  checkOptions<{ scramble?: boolean }>("sobol", options, { scramble: flag });
  const { scramble = true } = options;
  return {
    name: scramble ? "scrambled Sobol" : "Sobol",
    extensible: true,
    points(count, dimension, random) {
      if (count > 2 ** digits) {
        throw new DatasetError(`sobol: ${count} points, expected at most 2^${digits}`, { code: "bad_count" });
      }
      const points = new Float64Array(count * dimension);
      const all = directions(dimension);
      for (let d = 0; d < dimension; d++) {
        const axis = all.subarray(d * digits, (d + 1) * digits);
        let value = scramble ? scrambleAxis(axis, random) : 0;
        // Half a cell keeps scrambled points off 0.
        const offset = scramble ? 0.5 : 0;
        for (let i = 0; i < count; i++) {
          points[i * dimension + d] = ((value >>> 0) + offset) / 2 ** digits;
          value ^= axis[trailingOnes(i)]!;
        }
      }
      return points;
    },
  };
}

/** Direction numbers [dimension, 32], the first digit in the highest bit. */
function directions(dimension: number): Uint32Array {
  const rows = joeKuo.trim().split(/;\s*/);
  if (dimension > rows.length + 1) {
    throw new DatasetError(`sobol: ${dimension} dimensions, expected at most ${rows.length + 1}`, {
      code: "bad_dimension",
    });
  }
  const all = new Uint32Array(dimension * digits);
  for (let d = 0; d < dimension; d++) {
    const [polynomial, ...initial] = d === 0 ? [1] : rows[d - 1]!.split(" ").map(Number);
    const degree = initial.length;
    const v = all.subarray(d * digits, (d + 1) * digits);
    for (let k = 0; k < digits; k++) {
      if (d === 0) {
        v[k] = 1 << (31 - k);
      } else if (k < degree) {
        v[k] = initial[k]! << (31 - k);
      } else {
        let next = v[k - degree]! ^ (v[k - degree]! >>> degree);
        for (let j = 1; j < degree; j++) if ((polynomial! >>> (degree - j)) & 1) next ^= v[k - j]!;
        v[k] = next;
      }
    }
  }
  return all;
}

/** Multiplies the directions of one axis by a random unit lower-triangular bit matrix; returns the digital
 *  shift. */
function scrambleAxis(axis: Uint32Array, random: SamplingStream): number {
  const matrix = Uint32Array.from({ length: digits }, (_, row) => {
    const diagonal = 2 ** (31 - row);
    const above = row === 0 ? 0 : (random.bits() & (2 ** 32 - 2 ** (32 - row))) >>> 0;
    return (above | diagonal) >>> 0;
  });
  for (let k = 0; k < digits; k++) {
    let scrambled = 0;
    for (let row = 0; row < digits; row++) if (parity(matrix[row]! & axis[k]!)) scrambled |= 1 << (31 - row);
    axis[k] = scrambled;
  }
  return random.bits();
}

function parity(bits: number): number {
  let x = bits ^ (bits >>> 16);
  x ^= x >>> 8;
  x ^= x >>> 4;
  return (0x6996 >>> (x & 15)) & 1;
}

/** Number of ones at the end of i in binary: the digit that the Gray code changes next. */
function trailingOnes(i: number): number {
  return 31 - Math.clz32(~i & (i + 1));
}
