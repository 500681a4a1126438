import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { randomStream, StiffnetError } from "@stiffnet/base";
import { resnet } from "@stiffnet/core";
import { it } from "vitest";
import { encodeOnnx, importOnnx, inspectOnnx } from "../src/index.ts";

const folder = fileURLToPath(new URL("./reference/foreign/", import.meta.url));
const own = encodeOnnx(resnet({ inputs: 2, outputs: 1, width: 3, depth: 2 }));
/** The file without its last entry, the checksum: only then does a changed bit reach what reads the graph. */
const entry = Buffer.from(own).lastIndexOf("stiffnet.checksum") - 4;
const files: Record<string, Uint8Array> = {
  "our own": own,
  "our own, without a checksum": own.slice(0, entry),
  ...Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(`${folder}${name}`)])),
};

it.each(Object.entries(files))("a flipped bit is read, or refused with a code: %s", async (_, bytes) => {
  const random = randomStream(3, 0);
  for (let k = 0; k < 300; k++) {
    const damaged = Uint8Array.from(bytes);
    const at = random.below(bytes.length);
    damaged[at]! ^= 1 << random.below(8);
    for (const read of [importOnnx, inspectOnnx]) {
      const error = await read(damaged).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (error !== undefined && !(error instanceof StiffnetError)) {
        throw new Error(`byte ${at} is ${damaged[at]}: ${read.name} threw ${error}`, { cause: error });
      }
    }
  }
});
