// What a release leaves behind (a study half trained, a model, a running service's answers) in the hands of
// the next one.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { must, run } from "./run.mjs";
import { serveAndAsk } from "./stranger.mjs";

const small = [
  ...["alpine", "--trials", "3", "--epochs", "2000", "--width", "6", "--depth", "3"],
  ...["--train-points", "90", "--test-points", "20", "--measure-every", "40", "--workers", "1"],
];

/** Leaves, with the version `from`, what `afterUpgrade` looks at with the next one. */
export async function beforeUpgrade({ folder, env, from }) {
  const whole = await must(
    "npx",
    ["--yes", `stiffnet@${from}`, ...small, "--json", "--out", "results/whole"],
    {
      cwd: folder,
      env,
    },
  );
  const answer = await serveAndAsk({ folder, env, serve: `stiffnet-serve@${from}` });
  // Stopped when the first of its trials has ended.
  const journal = join(folder, "results", "begun", "trials.jsonl");
  let watch;
  const halfway = await run("npx", ["--yes", `stiffnet@${from}`, ...small, "--out", "results/begun"], {
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
export async function afterUpgrade({ folder, env, to, before }) {
  const stiffnet = (...args) => run("npx", ["--yes", `stiffnet@${to}`, ...args], { cwd: folder, env });
  const rows = [];
  const row = (what, command, ok, outcome) => rows.push({ what, command, ok, outcome });

  const resumed = await stiffnet(...small, "--json", "--out", "results/begun");
  const digest = resumed.code === 0 ? JSON.parse(resumed.stdout).digest : undefined;
  row(
    `a study stopped by Ctrl-C (exit ${before.halfway})`,
    "the same command again",
    digest === before.digest,
    digest === before.digest ? "goes on to the digest of a study never stopped" : lastLine(resumed),
  );
  const status = await stiffnet("status", "results/train");
  row("a finished study", "stiffnet status", status.code === 0, lastLine(status));
  const model = join("results", "train", "model.onnx");
  const inspected = await stiffnet("inspect", model);
  row("an ONNX file", "stiffnet inspect", inspected.code === 0, inspected.stdout.split("\n")[0]);
  const answer = (await serveAndAsk({ folder, env, serve: `stiffnet-serve@${to}` }))[2];
  row("an ONNX file", "stiffnet-serve", answer === before.answer, "answers as before, to the byte");
  return rows;
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
