// Runs the command for a test file again and again in one process, for what starting it anew would cost.
import { main } from "../dist/cli.js";

const written = { stdout: "", stderr: "" };
for (const name of ["stdout", "stderr"]) {
  const stream = process[name].setMaxListeners(0);
  stream.write = (text, ...rest) => {
    written[name] += text;
    rest.at(-1)?.();
    return true;
  };
}
const { env } = process;
process.on("message", async ({ args, cwd }) => {
  Object.assign(written, { stdout: "", stderr: "" });
  process.chdir(cwd);
  process.env = { ...env };
  process.argv.splice(2, Infinity, ...args);
  await main(process.argv);
  process.send({ code: process.exitCode, ...written });
});
