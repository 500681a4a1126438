import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { createCommand, type Flags } from "../src/cli/options.ts";
import { folder } from "./service.ts";

afterEach(() => void vi.unstubAllEnvs());

async function read(...argv: string[]): Promise<{ sources: string[]; flags: Flags }> {
  let found: { sources: string[]; flags: Flags } | undefined;
  const command = createCommand(async (sources, flags) => {
    found = { sources, flags };
  });
  await command.parseAsync(argv, { from: "user" });
  return found!;
}
const config = join(folder, "config.json");
const write = (value: unknown) => writeFileSync(config, JSON.stringify(value));

/** A value of each kind that an option can have, as text and as it is read. */
const samples: Record<string, readonly [string, unknown]> = {
  cors: ["https://a.example,https://b.example", ["https://a.example", "https://b.example"]],
  allowHost: ["a,.b", ["a", ".b"]],
  public: ["/v2,/docs", ["/v2", "/docs"]],
  versionPolicy: ["latest:2", { kind: "latest", count: 2 }],
  log: ["error", "error"],
};

test("every option has a variable and a field of the file, and the command line comes before both", async () => {
  const command = createCommand(async () => {});
  const options = command.options.filter(({ long }) => !["--version", "--config"].includes(long!));
  expect(options.length).toBeGreaterThan(25);
  for (const option of options) {
    const key = option.attributeName();
    const name = option.long!.slice(2);
    const variable = `STIFFNET_${name.replaceAll("-", "_").toUpperCase()}`;
    const isSwitch = !option.flags.includes("<");
    const usual: readonly [string, unknown] = isSwitch
      ? ["true", !option.negate]
      : option.parseArg
        ? ["2000000", 2_000_000]
        : ["text", "text"];
    const small = ["port", "grpcPort", "adminPort", "processes", "workers", "timeout", "lameDuck", "drain"];
    const [text, value] = samples[key] ?? (small.includes(key) ? (["7", 7] as const) : usual);
    const limited = ["maxQueue", "maxBatch", "maxConnections"].includes(key);
    const [given, expected] = limited ? ["9", 9] : [text, value];
    vi.stubEnv(variable, given);
    expect((await read("m.onnx")).flags, variable).toHaveProperty(key, expected);
    vi.unstubAllEnvs();
    write({ [name]: isSwitch ? true : given });
    expect((await read("m.onnx", "--config", config)).flags, name).toHaveProperty(key, expected);
  }
  write({ port: 1, "max-rows": 2, "read-only": false, models: ["a.onnx", "b.onnx"] });
  vi.stubEnv("STIFFNET_CONFIG", config);
  vi.stubEnv("STIFFNET_MAX_ROWS", "3");
  vi.stubEnv("STIFFNET_MAX_BODY", "4");
  const { sources, flags } = await read("--max-body", "5");
  expect(sources).toEqual(["a.onnx", "b.onnx"]);
  expect(flags).toMatchObject({ port: 1, maxRows: 3, maxBody: 5, readOnly: false });
});

test.each([
  [{ prot: 1 }, 'has an unknown option "prot"'],
  [{ port: "x" }, "--port is 'x', expected a whole number"],
  [{ port: null }, "port of"],
  [{ "read-only": "yes" }, "read-only of"],
  [{ "no-watch": 1 }, "no-watch of"],
  [[], "is not a JSON object"],
])("%j is refused", async (value, text) => {
  write(value);
  await expect(read("m.onnx", "--config", config)).rejects.toThrow(text);
});

test("without a model anywhere", () => expect(read()).rejects.toThrow("no model is given"));
