import { type Check, callback, check, fields, optionsChecker } from "@stiffnet/base";
import type { Fit } from "@stiffnet/preparation";
import { DatasetError } from "./errors.ts";

export const checkOptions: ReturnType<typeof optionsChecker> = optionsChecker(
  (message) => new DatasetError(message, { code: "bad_option" }),
);

/** A number whose range has a check, and an error code, where it is used. */
export const given: Check<number> = check("a number", (value) => typeof value === "number");

export const preparations: Check<{ inputs?: Fit; outputs?: Fit }> = fields({
  inputs: callback,
  outputs: callback,
});
