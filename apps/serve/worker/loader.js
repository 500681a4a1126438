// Reads files of models off the server's event loop: a large one takes seconds.
import { open } from "node:fs/promises";
import { inspectOnnx } from "@stiffnet/onnx";
import { answerWith } from "./answer.js";

/** Milliseconds for which a file without a checksum must have been left alone. */
const still = 1000;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

answerWith({
  async read({ path, most }) {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      if (size > most) {
        throw new Error(`${path}: ${size} bytes, expected at most ${most} (--max-model)`);
      }
      // Shared, so that every worker reads the same memory.
      const bytes = new Uint8Array(new SharedArrayBuffer(size));
      const before = await file.stat();
      for (let at = 0; at < size; ) {
        const { bytesRead } = await file.read(bytes, at, size - at, at);
        if (bytesRead === 0) throw new Error(`${path}: the file became shorter while it was read`);
        at += bytesRead;
      }
      const description = await inspectOnnx(bytes).catch((error) => {
        error.message = error.message.replace(/^bytes/, path);
        throw error;
      });
      if (!description.checked) {
        await pause(Math.min(still, Math.max(0, before.mtimeMs + still - Date.now())));
        const after = await file.stat();
        if (after.mtimeMs !== before.mtimeMs || after.size !== size) {
          throw new Error(`${path}: the file has no checksum and is being written`);
        }
      }
      return { bytes, description };
    } finally {
      await file.close();
    }
  },
});
