import { StiffnetError } from "@stiffnet/base";

/** A request that a test function, a sampler or a model cannot meet. The message is one line that says what
 *  was given and what was expected; `code` is stable and in snake case. */
export class DatasetError extends StiffnetError {
  override readonly name = "DatasetError";
}
