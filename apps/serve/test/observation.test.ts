import { expect, test, vi } from "vitest";
import { createServer } from "../src/index.ts";
import { writeModel } from "./service.ts";

const payload = { inputs: { rainfall: 800, "soil depth": 2, Q10: 1.5 } };

test("the log has a line for each request at the level info", async () => {
  const lines: Record<string, unknown>[] = [];
  const write = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    lines.push(JSON.parse(String(text)));
    return true;
  });
  const server = await createServer([await writeModel("logged.onnx")], {
    ...{ workers: 1, log: "info", watch: 0 },
    apiKeys: ["other", "secret the model's owner"],
  });
  const headers = { "x-request-id": "mine", "x-api-key": "other" };
  await server.inject({ method: "POST", url: "/predict", payload, headers });
  await server.inject({
    url: "/v2/models/none?secret=1",
    headers: { "x-api-key": "secret", "x-forwarded-for": "192.0.2.1, 10.0.0.1" },
  });
  await server.close();
  write.mockRestore();
  const answered = lines.filter(({ msg }) => msg === "answered");
  expect(answered).toHaveLength(2);
  const [first, second] = answered;
  expect(first).toMatchObject({
    ...{ id: "mine", method: "POST", url: "/predict", route: "/predict", status: 200 },
    ...{ model: "logged", version: "1", ip: "127.0.0.1" },
  });
  expect(first!.milliseconds).toBeGreaterThan(0);
  expect(first!.bytes).toBeGreaterThan(100);
  expect(second).toMatchObject({ status: 404, route: "/v2/models/:model" });
  expect(second).toMatchObject({ forwarded: "192.0.2.1, 10.0.0.1", key: "the model's owner" });
  expect(first).not.toHaveProperty("key");
  expect(JSON.stringify(lines)).not.toContain("secret the");
});
