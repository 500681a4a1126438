import { afterEach, expect, test, vi } from "vitest";
import { createCommand, type Flags } from "../src/cli/options.ts";

afterEach(() => void vi.unstubAllEnvs());

async function read(...argv: string[]): Promise<{ sources: string[]; flags: Flags }> {
  let found: { sources: string[]; flags: Flags } | undefined;
  const command = createCommand(async (sources, flags) => {
    found = { sources, flags };
  });
  await command.parseAsync(argv, { from: "user" });
  return found!;
}

/** A value of each kind that an option can have, as text and as it is read. */
const samples: Record<string, readonly [string, unknown]> = {
  cors: ["https://a.example,https://b.example", ["https://a.example", "https://b.example"]],
  allowHost: ["a,.b", ["a", ".b"]],
  log: ["error", "error"],
};

test("every option has a variable, and the command line comes before it", async () => {
  const command = createCommand(async () => {});
  const options = command.options.filter(({ long }) => long !== "--version");
  expect(options.length).toBeGreaterThan(20);
  for (const option of options) {
    const key = option.attributeName();
    const variable = `STIFFNET_${option.long!.slice(2).replaceAll("-", "_").toUpperCase()}`;
    const usual: readonly [string, unknown] = option.isBoolean()
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
  }
  vi.stubEnv("STIFFNET_MODELS", "a.onnx,b.onnx");
  vi.stubEnv("STIFFNET_READ_ONLY", "false");
  vi.stubEnv("STIFFNET_MAX_BODY", "4");
  vi.stubEnv("STIFFNET_MAX_ROWS", "3");
  const { sources, flags } = await read("--max-body", "5");
  expect(sources).toEqual(["a.onnx", "b.onnx"]);
  expect(flags).toMatchObject({ maxRows: 3, maxBody: 5, readOnly: false });
});

test.each([
  ["STIFFNET_PORT", "x", "--port is 'x', expected a whole number"],
  ["STIFFNET_READ_ONLY", "yes", "STIFFNET_READ_ONLY is yes, expected true or false"],
])("%s=%s is refused", async (variable, value, text) => {
  vi.stubEnv(variable, value);
  await expect(read("m.onnx")).rejects.toThrow(text);
});

test("without a model anywhere", () => expect(read()).rejects.toThrow("no model is given"));
