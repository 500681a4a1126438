import { optionsChecker, StiffnetError } from "@stiffnet/base";

/** An export that cannot be made or checked, or a file that is not what it should be. `code` is one of
 *  `not_onnx`, `damaged`, `not_a_surrogate`, `not_a_network`, `not_a_gaussian_process`, `unsupported`,
 *  `unsupported_node`, `not_representable`, `shape_mismatch`, `bad_option`, `verification_failed`. */
export class OnnxError extends StiffnetError {
  override readonly name = "OnnxError";
}

/** Reads a file by `read`. A damaged file may hold anything, also in places that are used before any check.
 *  So every error in reading is reported as an error of the file. */
export function readingFile<T>(from: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof StiffnetError) throw error;
    throw new OnnxError(`${from}: is damaged: no export writes such a file (${(error as Error).message})`, {
      code: "damaged",
      cause: error,
    });
  }
}

export const checkOptions: ReturnType<typeof optionsChecker> = optionsChecker(
  (message) => new OnnxError(message, { code: "bad_option" }),
);
