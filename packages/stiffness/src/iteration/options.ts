import { type Check, number, whole } from "@stiffnet/base";
import { ConfigError } from "@stiffnet/core";

/** A relative residual to iterate to, or the reciprocal of the largest ratio. */
export const share: Check<number> = number("a number between 0 and 1", (x) => x > 0 && x < 1);

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
