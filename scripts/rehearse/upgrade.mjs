// Uses the files and processes of one release (a study half trained, a model, a running service's answers)
// with the next one.
import { spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../free-port.mjs";
import { must, run } from "./run.mjs";
import { serveAndAsk } from "./stranger.mjs";

const configuration = [
  "study",
  "--preset",
  "alpine",
  "--trials",
  "3",
  "--epochs",
  "2000",
  "--width",
  "6",
  "--depth",
  "3",
  "--set",
  "data.train=90",
  "--set",
  "data.test=20",
  "--measure-every",
  "40",
];
const small = [...configuration, "--workers", "1"];

/** Leaves, with the version `from`, what `afterUpgrade` looks at with the next one. */
export async function beforeUpgrade({ folder, env, from }) {
  const whole = await must(
    "npx",
    ["--yes", `@stiffnet/bench@${from}`, ...small, "--json", "--out", "results/whole"],
    {
      cwd: folder,
      env,
    },
  );
  const shown = await must("npx", ["--yes", `@stiffnet/bench@${from}`, ...small, "--show-config"], {
    cwd: folder,
    env,
  });
  writeFileSync(join(folder, "config.json"), shown.stdout);
  const answer = await serveAndAsk({ folder, env, serve: `stiffnet-serve@${from}` });
  // Stopped when the first of its trials has ended.
  const journal = join(folder, "results", "begun", "trials.jsonl");
  let watch;
  const halfway = await run("npx", ["--yes", `@stiffnet/bench@${from}`, ...small, "--out", "results/begun"], {
    cwd: folder,
    env,
    onOutput: (_, kill) => {
      watch ??= setInterval(() => {
        if (!existsSync(journal)) return;
        clearInterval(watch);
        kill("SIGINT");
      }, 20);
    },
  });
  clearInterval(watch);
  return { digest: JSON.parse(whole.stdout).digest, answer: answer[2], halfway: halfway.code };
}

/** Rows of { what, command, outcome, ok }. */
export async function afterUpgrade({ folder, env, from, to, before }) {
  const next = (name, ...args) => run("npx", ["--yes", `${name}@${to}`, ...args], { cwd: folder, env });
  const bench = (...args) => next("@stiffnet/bench", ...args);
  const rows = [];
  const row = (what, command, ok, outcome) => rows.push({ what, command, ok, outcome });

  const resumed = await bench(...small, "--json", "--out", "results/begun");
  const digest = resumed.code === 0 ? JSON.parse(resumed.stdout).digest : undefined;
  row(
    `a study stopped by Ctrl-C (exit ${before.halfway})`,
    "the same command again",
    digest === before.digest,
    digest === before.digest ? "goes on to the digest of a study never stopped" : lastLine(resumed),
  );
  const repeated = await bench(
    ...["study", "--config", "config.json", "--workers", "1", "--json", "--out", "results/repeated"],
  );
  const again = repeated.code === 0 ? JSON.parse(repeated.stdout).digest : undefined;
  row(
    "a configuration (--show-config)",
    "stiffnet-bench study --config",
    again === before.digest,
    again === before.digest ? "trains to the same digest" : lastLine(repeated),
  );
  const queued = await onQueue({ folder, env, from, to });
  if (queued)
    row("workers on a queue (stiffnet-bench work)", "stiffnet-bench study --queue", ...queued(before.digest));
  const status = await bench("status", "results/train");
  row("a finished study", "stiffnet-bench status", status.code === 0, lastLine(status));
  const model = join("results", "train", "model.onnx");
  const inspected = await next("stiffnet", "inspect", model);
  row("an ONNX file", "stiffnet inspect", inspected.code === 0, inspected.stdout.split("\n")[0]);
  const answer = (await serveAndAsk({ folder, env, serve: `stiffnet-serve@${to}` }))[2];
  row("an ONNX file", "stiffnet-serve", answer === before.answer, "answers as before, to the byte");
  return rows;
}

/** Workers of version `from` run a study that version `to` queued. Returns a function of the expected
 *  checksum that describes the outcome, or undefined without Redis. */
async function onQueue({ folder, env, from, to }) {
  const port = await freePort();
  const redis = spawn("redis-server", ["--port", `${port}`, "--save", "", "--appendonly", "no"], {
    stdio: "ignore",
    cwd: folder,
  });
  const there = await new Promise((resolve) => {
    redis.on("error", () => resolve(false));
    setTimeout(() => resolve(true), 500);
  });
  if (!there) return undefined;
  const queue = ["--queue", `redis://127.0.0.1:${port}`];
  try {
    const options = { cwd: folder, env, timeout: 120 };
    const working = run(
      "npx",
      ["--yes", `@stiffnet/bench@${from}`, "work", ...queue, "--workers", "1", "--exit-when-idle", "30"],
      options,
    );
    const study = await run(
      "npx",
      ["--yes", `@stiffnet/bench@${to}`, ...configuration, ...queue, "--json", "--out", "results/queued"],
      options,
    );
    const worker = await working;
    return (expected) => {
      if (study.code === 0) {
        const same = JSON.parse(study.stdout).digest === expected;
        return [same, same ? "the study comes out with its digest" : "another digest"];
      }
      const refusal = `${worker.stderr}`.split("\n").find((line) => line.includes("another version"));
      return [refusal !== undefined, refusal ?? lastLine(study)];
    };
  } finally {
    redis.kill();
  }
}

export function upgradeTable(rows) {
  return [
    "| left by the release before | used by | what happens |",
    "| --- | --- | --- |",
    ...rows.map(
      ({ what, command, ok, outcome }) => `| ${what} | ${command} | ${ok ? "" : "no: "}${outcome} |`,
    ),
  ].join("\n");
}

function lastLine({ stdout, stderr, code }) {
  return `${stdout}\n${stderr}`.trim().split("\n").at(-1) || `exit ${code}`;
}
