// The targets of soak.mjs. One is a server of one process, whose worker threads crash. The other is a server
// of several processes, and some are killed.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startServer } from "./server.mjs";

const beside = (name) => fileURLToPath(new URL(name, import.meta.url));

/** A server in a process of its own, so that its memory is its own. */
export async function oneProcess(path, maxBatch) {
  const child = spawn(process.execPath, [beside("soak-server.mjs"), path, `${maxBatch}`], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const told = new Promise((_, reject) => {
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
  told.catch(() => {});
  const [{ url }] = await Promise.race([once(child, "message"), told]);
  const ask = async (what) => {
    const answer = once(child, "message");
    child.send(what);
    return (await answer)[0];
  };
  let kills = 0;
  return {
    url,
    /** A worker that crashes loses at most one batch, and no connection has more than one request. */
    what: "worker",
    disturb: () => ask({ kill: kills++ % 2 }),
    async state() {
      const { memory, restarts } = await ask({ state: true });
      const of = (bytes) => (bytes / 2 ** 20).toFixed(0);
      // RSS alone does not tell a heap that took its size from a leak.
      const text = `heap ${of(memory.heapUsed)} of ${of(memory.heapTotal)}, external ${of(memory.external)}`;
      return { mebibytes: memory.rss / 2 ** 20, restarts, text };
    },
    async stop() {
      child.send({ stop: true });
      return (await once(child, "exit"))[0];
    },
  };
}

/** `stiffnet-serve --processes N`; killed with SIGKILL is the one that has run longest. */
export async function manyProcesses(path, maxBatch, count) {
  const options = ["--log", "error", "--max-batch", `${maxBatch}`, "--processes", `${count}`];
  const { child, url } = await startServer([path, ...options], "ignore");
  const members = () =>
    readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim().split(" ").map(Number);
  const resident = (pid) => {
    try {
      return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;
    } catch {
      return 0;
    }
  };
  let restarts = 0;
  return {
    url,
    what: "process",
    async disturb() {
      const [oldest] = members();
      process.kill(oldest, "SIGKILL");
      // Another one takes its place.
      for (let k = 0; k < 300; k++) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        const now = members();
        if (now.length === count && !now.includes(oldest)) {
          restarts++;
          return;
        }
      }
    },
    async state() {
      const each = [child.pid, ...members()].map(resident);
      return {
        mebibytes: each.reduce((a, b) => a + b),
        restarts,
        text: `processes ${each.map((one) => one.toFixed(0)).join(", ")}`,
      };
    },
    async stop() {
      child.kill("SIGTERM");
      return (await once(child, "exit"))[0];
    },
  };
}
