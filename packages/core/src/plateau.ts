import { faultUnless, nonNegativeFault, wholeFault } from "@stiffnet/base";
import { requireFields } from "./errors.ts";

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

/** What the slides' authors use: a factor of 0.1 would freeze runs of thousands of epochs. */
export const defaultPlateau: PlateauOptions = {
  factor: 0.95,
  patience: 10,
  cooldown: 100,
  threshold: 1e-4,
  minimum: 0,
};

/** Reduce-on-plateau, stepped once an epoch: after more than `patience` epochs without a better loss the
 *  rate is multiplied by `factor`, then `cooldown` epochs pass before bad ones count again (as in
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
    rate = Math.max(rate * options.factor, options.minimum);
    cooling = options.cooldown;
    bad = 0;
  }
  return { rate, best, bad, cooling };
}

export function requirePlateau(options: PlateauOptions): void {
  const { factor, patience, cooldown, threshold, minimum } = options;
  requireFields("train", {
    "plateau.factor": faultUnless(factor > 0 && factor <= 1, factor, "a number above 0 and at most 1"),
    "plateau.patience": wholeFault(patience, 0),
    "plateau.cooldown": wholeFault(cooldown, 0),
    "plateau.threshold": faultUnless(
      threshold >= 0 && threshold < 1,
      threshold,
      "a number from 0 to below 1",
    ),
    "plateau.minimum": nonNegativeFault(minimum),
  });
}
