import { beforeAll, describe, expect, test } from "vitest";
import { needs } from "../../../scripts/needs.ts";
import { askInPython, expectAnswer, type Found } from "./python-client.ts";

/** KServe's client, unchanged, gets what a KServe server would give it. */
describe("kserve", needs("kserve"), () => {
  let found: Found;
  beforeAll(async () => {
    found = await askInPython("kserve", "kserves");
  });

  test.each(["http", "grpc"] as const)("%s: health", (over) => {
    expect(found[over]).toMatchObject({
      is_server_live: true,
      is_server_ready: true,
      is_model_ready: true,
      "is_model_ready of another": false,
    });
  });

  test("numbers in JSON, as bytes and as messages, with their request's id", () => {
    for (const form of ["infer in JSON", "infer in binary"]) {
      expectAnswer(found.http[form]);
      expect(found.http[form].id).toBe("mine");
    }
    for (const form of ["infer in numbers", "infer in binary"]) {
      expectAnswer(found.grpc[form]);
      expect(found.grpc[form].id).toBe("mine");
    }
    expectAnswer(found.http["infer, all outputs"]);
  });

  test.each([
    ["infer of another", 404, "NOT_FOUND", /there is no model "nothing"/],
    ["infer with two columns", 400, "INVALID_ARGUMENT", /shape is \[2,2\], expected \[rows, 3\]/],
    ["infer, output y", 400, "INVALID_ARGUMENT", /"y"/],
  ] as const)("%s is refused with a text", (call, status, code, text) => {
    expect(found.http[call]).toEqual([status, expect.stringMatching(text)]);
    expect(found.grpc[call]).toEqual([code, expect.stringMatching(text)]);
  });

  test("its message of an HTTP error holds ours", () => {
    expect(found.http["what it raises"]).toMatch(/there is no model "nothing"/);
  });
});
