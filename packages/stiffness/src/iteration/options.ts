import { whole } from "@stiffnet/base";
import { ConfigError } from "@stiffnet/core";

/** Refuses what cannot be the relative residual to iterate to. */
export function requireTolerance(who: string, tolerance: number): void {
  if (!(tolerance > 0 && tolerance < 1)) {
    throw new ConfigError(`${who}: tolerance is ${tolerance}, expected a number between 0 and 1`);
  }
}

/** Refuses bounds that are not whole numbers in their order within the limits. */
export function requireBounds(
  who: string,
  what: string,
  { fewest, most }: { readonly fewest: number; readonly most: number },
  [least, largest]: readonly [number, number],
): void {
  if (whole(least, most).fault("fewest", fewest) ?? whole(fewest, largest).fault("most", most)) {
    throw new ConfigError(
      `${who}: ${what} from ${fewest} to ${most}, expected whole numbers within ${least} to ${largest}`,
    );
  }
}
