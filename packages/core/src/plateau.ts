import { type Check, fields, nonNegative, number, whole } from "@stiffnet/base";

export interface PlateauOptions {
  readonly factor: number;
  readonly patience: number;
  readonly cooldown: number;
  /** Relative: a loss counts as better below best * (1 - threshold). */
  readonly threshold: number;
  /** The rate is never taken below. */
  readonly minimum: number;
}

export interface PlateauState {
  readonly rate: number;
  readonly best: number;
  readonly bad: number;
  readonly cooling: number;
}

/** The values of Hudson et al. (2022). A factor of 0.1 would freeze runs of thousands of epochs. */
export const defaultPlateau: PlateauOptions = {
  factor: 0.95,
  patience: 10,
  cooldown: 100,
  threshold: 1e-4,
  minimum: 0,
};

/** Reduce-on-plateau, stepped once an epoch. After more than `patience` epochs without a better loss, the
 *  rate is multiplied by `factor`. Bad epochs count again after `cooldown` epochs (as in
 *  PyTorch's ReduceLROnPlateau with mode "min" and a relative threshold). */
export function plateauStep(state: PlateauState, loss: number, options: PlateauOptions): PlateauState {
  let { rate, best, bad, cooling } = state;
  if (loss < best * (1 - options.threshold)) {
    best = loss;
    bad = 0;
  } else {
    bad++;
  }
  if (cooling > 0) {
    cooling--;
    bad = 0;
  }
  if (bad > options.patience) {
    // A product that underflows to 0 is no rate.
    rate = Math.max(rate * options.factor, options.minimum) || rate;
    cooling = options.cooldown;
    bad = 0;
  }
  return { rate, best, bad, cooling };
}

export const plateauCheck: Check<Partial<PlateauOptions>> = fields<Partial<PlateauOptions>>({
  factor: number("a number above 0 and at most 1", (x) => x > 0 && x <= 1),
  patience: whole(0),
  cooldown: whole(0),
  threshold: number("a number from 0 to below 1", (x) => x >= 0 && x < 1),
  minimum: nonNegative,
});
