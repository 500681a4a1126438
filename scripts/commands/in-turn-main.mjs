// Runs the command for a test file again and again in one process, for what starting it anew would cost.
import { pathToFileURL } from "node:url";

const written = { stdout: "", stderr: "" };
for (const name of ["stdout", "stderr"]) {
  const stream = process[name].setMaxListeners(0);
  stream.write = (text, ...rest) => {
    written[name] += text;
    rest.at(-1)?.();
    return true;
  };
}
// `work` ends its process some time after its answer: that must not end the command that runs by then.
process.exit = () => {};
const { env } = process;
process.on("message", async ({ program, args, cwd, env: more }) => {
  Object.assign(written, { stdout: "", stderr: "" });
  // Help returns the exit code that it finds.
  process.exitCode = undefined;
  process.chdir(cwd);
  process.env = { ...env, ...more };
  process.argv.splice(2, Infinity, ...args);
  const { main } = await import(pathToFileURL(program.replace(/bin.[^/\\]*$/, "dist/cli.js")).href);
  await main(process.argv);
  process.send({ code: process.exitCode, ...written });
});
