import { spawn } from "node:child_process";

/** Runs a command; what it said, how it ended and how long it took, and when it first said something
 *  (seconds). */
export function run(command, args, { cwd, env, timeout = 900, onOutput }) {
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  return new Promise((resolve) => {
    // A group of its own: a signal goes to npx and to what it runs, as Ctrl-C in a terminal does.
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    const kill = (signal) => process.kill(-child.pid, signal);
    const timer = setTimeout(() => kill("SIGKILL"), 1000 * timeout);
    let [stdout, stderr, first] = ["", "", undefined];
    const said = (text) => {
      first ??= seconds();
      onOutput?.(text, kill);
    };
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
      said(text);
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      stderr += text;
      said(text);
    });
    const end = (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr, first, seconds: seconds() });
    };
    child.on("error", (error) => {
      stderr += error.message;
      end(-1);
    });
    child.on("close", (code, signal) => end(code ?? signal));
  });
}

/** The same, for what must succeed. */
export async function must(command, args, options) {
  const result = await run(command, args, options);
  if (result.code === 0) return result;
  const said = `${result.stdout}\n${result.stderr}`.trim().split("\n").slice(-15).join("\n");
  throw new Error(`'${command} ${args.join(" ")}' ended with ${result.code}:\n${said}`);
}

/** Runs `work` on each item, so many at a time. Returns results in the items' order. */
export async function each(items, atOnce, work) {
  const results = new Array(items.length);
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const i = next++;
      results[i] = await work(items[i]);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return results;
}
