import { OnnxError } from "../errors.ts";
import type * as node from "./node.ts";

/** Functions of `node.ts` that a browser lacks. */
const none = (): never => {
  throw new OnnxError(
    "files and onnxruntime-node are not in a browser, expected bytes: encodeOnnx, inspectOnnx and importOnnx take them",
    { code: "unsupported" },
  );
};

export const readBytes: typeof node.readBytes = async () => none();
export const writeBytes: typeof node.writeBytes = async () => none();
export const runOnnx: typeof node.runOnnx = async () => none();
