import { writeFileSync } from "node:fs";
import { createServer as createTcpServer } from "node:net";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { main } from "../src/cli/main.ts";
import { createServer } from "../src/index.ts";
import { folder, writeModel } from "./service.ts";

const written = { stdout: "", stderr: "" };
for (const name of ["stdout", "stderr"] as const) {
  vi.spyOn(process[name], "write").mockImplementation((text) => {
    written[name] += text;
    return true;
  });
}
afterEach(() => {
  written.stdout = written.stderr = "";
});

/** Exit code 2 and one line on stderr. */
async function refused(argv: string[], text: string): Promise<void> {
  const code = await main(argv);
  expect(written.stderr).toContain(text);
  expect(written.stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(code).toBe(2);
  written.stderr = "";
}

test("a missing file", () => refused(["nowhere.onnx"], "nowhere.onnx: no such file or folder"));

test("a file that is not ONNX", async () => {
  const path = join(folder, "table.csv");
  writeFileSync(path, "a,b\n1,2\n");
  await refused([path], `${path}: not an ONNX file`);
});

test("a folder without a model", () => refused([import.meta.dirname], "no model, expected FILE.onnx or"));

test("two models of one name", async () => {
  const path = await writeModel("same.onnx");
  await refused([path, path], "are both named 'same'; give one another name: NAME=");
});

test("a file whose name has an equals sign is found", async () => {
  await writeModel("a=b.onnx");
  process.chdir(folder);
  const server = await createServer(["a=b.onnx"], { workers: 1, log: "silent", watch: 0 });
  expect((await server.inject({ url: "/v2/models" })).json()).toEqual({ models: ["a=b"] });
  await server.close();
});

test("a port in use", async () => {
  const other = createTcpServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => other.once("listening", resolve));
  const { port } = other.address() as { port: number };
  await refused([await writeModel("busy.onnx"), "--port", `${port}`], `port ${port} of 127.0.0.1 is in use`);
  other.close();
});

test.each([
  [["m.onnx", "--port", "eighty"], "--port is 'eighty', expected a whole number from 0 to 65535"],
  [["m.onnx", "--log", "loud"], "--log is 'loud', expected one of silent"],
  [["m.onnx", "--colour"], "unknown option '--colour'"],
  [["m.onnx", "--prot", "80"], "unknown option '--prot' (Did you mean --port?)"],
  [[], "no model is given, expected FILE.onnx or a folder"],
])("%j", (argv, text) => refused(argv, text));

test("a name that no address can hold", async () => {
  const path = await writeModel("named.onnx");
  await refused([`two words=${path}`], "'two words' is no name for a model, expected letters, digits");
  await refused([`=${path}`], "'' is no name for a model");
});

test("a file of keys that is not there", async () => {
  const argv = [await writeModel("keys.onnx"), "--api-key-file"];
  await refused([...argv, "nokeys"], "--api-key-file nokeys: no such file");
  await refused([...argv, folder], `--api-key-file ${folder}: a folder, expected a file`);
});

test("--help has examples and exits with 0", async () => {
  expect(await main(["--help"])).toBe(0);
  expect(written.stdout).toContain("Examples:");
});
