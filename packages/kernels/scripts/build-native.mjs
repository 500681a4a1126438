// Compiles c/ for this machine into native/<platform>-<architecture>/kernels.node, a Node-API addon. Without
// a C compiler, or where it fails, there is WebAssembly. --quiet: failure is a line, and no error.
import { join } from "node:path";
import { buildAddon } from "./native-addon.mjs";
import { root } from "./sources.mjs";

const { platform, arch } = process;
try {
  if (platform === "win32") throw new Error("on Windows they come from npm");
  const compiler = { command: [process.env.CC ?? "cc"], flagsOf: "cc" };
  const folder = join(root, "native", `${platform}-${arch}`);
  buildAddon(compiler, { os: platform, cpu: arch }, folder);
  console.log(`native kernels: ${folder}`);
} catch (error) {
  process.stderr.write(`native kernels are not built, WebAssembly is used: ${error.message}\n`);
  if (!process.argv.includes("--quiet")) process.exitCode = 1;
}
