// A registry on this machine. Our packages are published to it. It fetches all other packages from npm's
// registry.
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../free-port.mjs";

/** Starts verdaccio; returns its address and how to end it. */
export async function startRegistry(folder, verdaccio, upstream) {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const open = "{ access: $all, publish: $all, unpublish: $all }";
  writeFileSync(
    join(folder, "config.yaml"),
    `storage: ./storage
uplinks: { upstream: { url: "${upstream}", cache: false, timeout: 60s } }
packages:
  "@stiffnet/*": ${open}
  "stiffnet": ${open}
  "stiffnet-serve": ${open}
  "**": { access: $all, proxy: upstream }
log: { type: file, path: ${JSON.stringify(join(folder, "log.txt"))}, level: warn }
max_body_size: 100mb
`,
  );
  const url = `http://127.0.0.1:${port}/`;
  const child = spawn(
    process.execPath,
    [verdaccio, "--config", join(folder, "config.yaml"), "--listen", `127.0.0.1:${port}`],
    { cwd: folder, stdio: "ignore" },
  );
  for (let i = 0; i < 300; i++) {
    if (child.exitCode !== null) throw new Error(`verdaccio ended with ${child.exitCode}`);
    const answers = await fetch(`${url}-/ping`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answers) return { url, port, stop: () => child.kill() };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  child.kill();
  throw new Error("verdaccio does not answer");
}
