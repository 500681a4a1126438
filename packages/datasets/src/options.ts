import { optionsChecker } from "@stiffnet/base";
import { DatasetError } from "./errors.ts";

export const checkOptions: ReturnType<typeof optionsChecker> = optionsChecker(
  (message) => new DatasetError(message, { code: "bad_option" }),
);
