import { misuse } from "./errors.ts";

/** Parameters by number, and by name where the problem names them. */
export type NamedParameters = Float64Array & { [name: string]: number };

/** Gives an array of parameters a property for each name: p.rate is p[0]. */
export function named(p: Float64Array, names: readonly string[] | undefined): NamedParameters {
  names?.forEach((name, k) => {
    if (name in p) {
      throw misuse(
        "bad_option",
        `parameters.${name}: every array has a property ${name}, expected another name`,
      );
    }
    Object.defineProperty(p, name, {
      get: () => p[k],
      set: (x: number) => {
        p[k] = x;
      },
    });
  });
  return p as NamedParameters;
}
