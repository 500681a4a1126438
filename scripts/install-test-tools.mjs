// Installs programs that some tests need beyond npm's packages: Debian's packages (as root), Python's
// packages into the project's own environment, and TensorFlow's library into its npm package. Skips what is
// installed. Names what it cannot get, and the tests that need it are skipped.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root, succeeds, tools, venv } from "./test-tools.mjs";

let listed = false;
const had = [];
for (const [name, tool] of Object.entries(tools)) {
  if (tool.find()) {
    had.push(tool.missing);
    continue;
  }
  say(`installing ${tool.missing}`);
  const problem = tool.script ? script(tool) : tool.pip ? python(tool) : apt(tool.apt);
  if (tool.find()) had.push(tool.missing);
  else
    say(
      `${tool.missing} cannot be had: ${problem ?? `not found after installing (tests of ${name} are skipped)`}`,
    );
}
say(had.length > 0 ? `there are ${had.join(", ")}` : "none is there");

/** Installs packages, and returns the complaint if it fails. */
function apt(packages) {
  if (!succeeds("apt-get", ["--version"])) return "no apt-get here; install it by hand";
  const as = process.getuid() === 0 ? [] : ["sudo", "-n"];
  if (as.length > 0 && !succeeds("sudo", ["-n", "true"])) {
    return `not root; try 'sudo apt-get install ${packages.join(" ")}'`;
  }
  // Nothing is started: the tests start servers of their own.
  const command = [...as, "env", "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1", "apt-get"];
  const options = ["-q", "-o", "Acquire::Retries=2", "-o", "DPkg::Lock::Timeout=120"];
  if (!listed) {
    const problem = run([...command, ...options, "update"]);
    if (problem) return problem;
    listed = true;
  }
  return run([...command, ...options, "install", "-y", "--no-install-recommends", ...packages]);
}

/** Without ensurepip, Debian's python3 cannot make environments. */
function venvOf(packages) {
  return succeeds("python3", ["-c", "import venv, ensurepip"]) ? undefined : apt(packages);
}

function script({ apt: packages, script: file }) {
  return venvOf(packages) ?? run([process.execPath, join(root, file)]);
}

function python({ apt: packages, pip }) {
  return (
    venvOf(packages) ??
    run(["python3", "-m", "venv", venv]) ??
    run([join(venv, "bin", "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", ...pip])
  );
}

/** Runs a command in silence; what it said last where it failed. */
function run([command, ...args]) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8", timeout: 240_000 });
  if (status === 0) return undefined;
  const lines = `${stdout ?? ""}\n${stderr ?? ""}`.trim().split("\n");
  return `'${command} ${args[0]} ...': ${error?.message ?? lines.at(-1)}`;
}

function say(text) {
  process.stderr.write(`test tools: ${text}\n`);
}
