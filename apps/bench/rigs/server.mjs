// The server that a rig asks: stiffnet-serve as it is built here, in a process of its own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export const serverScript = fileURLToPath(new URL("../../serve/bin/stiffnet-serve.js", import.meta.url));

/** Starts it on a free port with these further arguments, and waits until it says where it listens.
 *  `errors` is what becomes of its standard error. */
export async function startServer(args, errors = "inherit") {
  const child = spawn(process.execPath, [serverScript, ...args, "--port", "0", "--json"], {
    stdio: ["ignore", "pipe", errors],
  });
  const [told] = await once(child.stdout, "data");
  return { child, url: JSON.parse(String(told)).url };
}
