// Compiles c/ for this machine's processors into native/<platform>-<architecture>/: one Node-API addon for
// each instruction set. Without a C compiler, or where it fails, there is WebAssembly. --quiet: failure is a
// line, and no error.
import { join } from "node:path";
import { buildAddons } from "./native-addon.mjs";
import { root } from "./sources.mjs";

const { platform, arch } = process;
try {
  if (platform === "win32") throw new Error("on Windows they come from npm");
  const compiler = { command: [process.env.CC ?? "cc"], flagsOf: "cc" };
  const names = buildAddons(
    compiler,
    { os: platform, cpu: arch },
    join(root, "native", `${platform}-${arch}`),
  );
  console.log(`native kernels: ${names.join(", ")}`);
} catch (error) {
  process.stderr.write(`native kernels are not built, WebAssembly is used: ${error.message}\n`);
  if (!process.argv.includes("--quiet")) process.exitCode = 1;
}
