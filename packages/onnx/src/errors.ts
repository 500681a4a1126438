import { optionsChecker, StiffnetError } from "@stiffnet/base";

/** An export that cannot be made or checked, or a file that is not what it should be. `code` is one of
 *  `not_onnx`, `damaged`, `not_a_surrogate`, `unsupported`, `unsupported_node`, `not_representable`,
 *  `shape_mismatch`, `bad_option`, `verification_failed`. */
export class OnnxError extends StiffnetError {
  override readonly name = "OnnxError";
}

export const checkOptions: ReturnType<typeof optionsChecker> = optionsChecker(
  (message) => new OnnxError(message, { code: "bad_option" }),
);
