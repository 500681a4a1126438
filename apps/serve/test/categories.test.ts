import { join } from "node:path";
import { exportOnnx } from "@stiffnet/onnx";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { needs } from "../../../scripts/needs.ts";
import { createServer } from "../src/index.ts";
import { kinds, openPage } from "./page/opened.ts";
import { folder, surrogate } from "./service.ts";

let server: FastifyInstance;
let file = "";
const values = ["dry", "wet"];
beforeAll(async () => {
  const model = surrogate();
  const inputs = { ...model.preparation.inputs, categories: [{ name: "soil", first: 1, values }] };
  const options = { ...model, inputNames: ["rainfall", "soil=dry", "soil=wet"] };
  const preparation = { ...model.preparation, inputs };
  file = (await exportOnnx({ ...options, preparation }, join(folder, "soils.onnx"))).path;
  server = await createServer([file], { workers: 1, log: "silent", watch: 0 });
});
afterAll(() => server.close());

const predict = async (inputs: object) => {
  const reply = await server.inject({ method: "POST", url: "/predict", payload: { inputs } });
  return { status: reply.statusCode, body: reply.json() };
};

describe("an input that was text in the table", () => {
  test("is a text in /predict, or one number for each value, in /predict and in the protocol", async () => {
    const { status, body } = await predict({ soil: "wet", rainfall: 700 });
    expect(status).toBe(200);
    const { body: numbers } = await predict({ rainfall: 700, "soil=dry": 0, "soil=wet": 1 });
    expect(body).toEqual(numbers);
    const { body: dry } = await predict({ soil: "dry", rainfall: 700 });
    expect(dry.outputs.NEE).not.toBe(body.outputs.NEE);
    const tensor = { name: "inputs", datatype: "FP32", shape: [1, 3], data: [700, 0, 1] };
    const url = "/v2/models/soils/infer";
    const reply = await server.inject({ method: "POST", url, payload: { inputs: [tensor] } });
    expect(reply.json().outputs[0].data[1]).toBeCloseTo(body.outputs.NEE, 6);
  });

  test("is told by the description of the model", async () => {
    const { models } = (await server.inject({ url: "/models" })).json();
    expect(models[0].categories).toEqual([{ name: "soil", first: 1, values }]);
  });

  test.each([
    [{ rainfall: 700, soil: "damp" }, 'inputs.soil is the text "damp", expected one of dry, wet'],
    [{ rainfall: 700, soil: 1 }, "inputs.soil is 1, expected one of dry, wet"],
    [{ rainfall: 700 }, "inputs.soil is missing, expected one of dry, wet"],
    [{ rainfall: 700, soil: "dry", "soil=wet": 0 }, 'inputs has both "soil=wet" and "soil", expected one'],
    [{ rainfall: 700, "soil=dry": 1 }, 'inputs["soil=wet"] is missing, expected a number'],
    [{ rainfall: "wet", soil: "wet" }, 'inputs.rainfall is the text "wet", expected a number'],
    [{ rainfall: 700, soil: null }, "inputs.soil is null, expected a number"],
  ])("is refused: %j", async (inputs, error) => {
    const { status, body } = await predict(inputs);
    expect([status, body]).toEqual([400, { error }]);
  });
});

describe("the page of a model with a text column", needs("chromium"), () => {
  test.each(kinds)("offers its texts and asks at one of them, from %s", async (kind) => {
    const opened = await openPage(kind, [file]);
    await opened.open("#in.rainfall=700&in.soil=wet");
    const { page } = opened;
    const shown = async (): Promise<number> => {
      const row = page.locator("#outputs").getByRole("row", { name: "NEE" });
      return Number(await row.locator("td.number").first().textContent());
    };
    const soil = page.locator("#inputs").getByLabel("soil");
    expect(await page.locator("#inputs .input").count()).toBe(2);
    for (const value of ["wet", "dry"]) {
      await soil.selectOption(value);
      const { body } = await predict({ soil: value, rainfall: 700 });
      await expect.poll(async () => (await shown()) / body.outputs.NEE).toBeCloseTo(1, 2);
      await expect.poll(() => page.url()).toContain(`in.soil=${value}`);
    }
    await page.getByRole("tab", { name: "Slice" }).click();
    const options = page.locator("#view").getByLabel("Input").locator("option");
    await expect.poll(() => options.allTextContents()).toEqual(["rainfall"]);
    expect(await page.getByRole("tab", { name: "Map" }).count()).toBe(0);
    await page.getByRole("tab", { name: "Sensitivity" }).click();
    const swing = page.locator("#view").getByRole("row", { name: "soil" });
    await expect.poll(() => swing.locator(".direction").textContent()).toMatch(/^(dry to wet|wet to dry)$/);
    if (kind === "a server") {
      await page.getByRole("tab", { name: "Code" }).click();
      await expect.poll(() => page.locator("#view pre").textContent()).toContain('"soil": "dry"');
    }
    await page.getByRole("button", { name: "Random" }).click();
    expect(values).toContain(await soil.inputValue());
    expect(opened.complaints).toEqual([]);
    await opened.close();
  });
});
