// Location of a @tensorflow/tfjs-node that was built here.
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** TensorFlow 2.21 works as well, but logs two lines at every start that nothing silences. */
export const versions = {
  "@tensorflow/tfjs-node": "4.22.0",
  tensorflow: "2.20.0",
  "node-api-headers": "1.9.0",
};

/** Shared by all clones of a user: the library is 0.9 GB, and its download 0.3 GB. */
export const home = join(
  process.env.XDG_CACHE_HOME || join(homedir(), ".cache"),
  "stiffnet",
  `tfjs-node-${versions["@tensorflow/tfjs-node"]}-tensorflow-${versions.tensorflow}-${process.platform}-${process.arch}`,
);

/** Above `packages/tfjs`, where Node looks on its own, and pnpm does not tidy up. */
export const link = fileURLToPath(new URL("../../node_modules/@tensorflow/tfjs-node", import.meta.url));

export const packageIn = (folder) => join(folder, "node_modules", "@tensorflow", "tfjs-node");

/** The last thing that is written into a folder: what it was made of. */
export const stampIn = (folder) => join(folder, "built.json");

export function isBuilt(folder) {
  return existsSync(stampIn(folder)) && readFileSync(stampIn(folder), "utf8") === stamp;
}
export const stamp = `${JSON.stringify(versions)}\n`;

/** The package that `import("@tensorflow/tfjs-node")` of @stiffnet/tfjs finds in this clone; undefined where
 *  it is not built or not linked. */
export function findTfjsNode() {
  if (!existsSync(link)) return undefined;
  const folder = realpathSync(link);
  return isBuilt(join(dirname(folder), "..", "..")) ? folder : undefined;
}
