import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch } from "../../../apps/serve/test/browser.ts";
import { needs } from "../../../scripts/needs.ts";
import { type OdeProblem, rodas5P, type Solution, solve } from "../src/index.ts";

type Context = Awaited<ReturnType<typeof launch>>;
type Page = ReturnType<Context["pages"]>[number];

const html = `<!doctype html><title>solver</title><progress max="1" value="0"></progress><button>stop</button>
<script type="module">
import * as integrators from "/index.ts";
Object.assign(window, integrators, { abort: new AbortController(), ticks: 0 });
document.querySelector("button").onclick = () => abort.abort();
window.onStep = ({ fraction }) => { document.querySelector("progress").value = fraction; };
setInterval(() => ticks++, 5);
window.ready = true;
</script>`;

/** Van der Pol's oscillator in products and sums alone: the same bits in every engine. */
const f = "(t, y, dy) => { dy[0] = y[1]; dy[1] = 100 * (1 - y[0] * y[0]) * y[1] - y[0]; }";
const problem = (end: number): OdeProblem => ({
  f: new Function(`return ${f}`)(),
  y0: [2, 0],
  tSpan: [0, end],
});

/** The sources as they are, without their types: what is tested is that they run in a page. */
function serve(): Server {
  return createServer(({ url = "/" }, response) => {
    if (!url.endsWith(".ts")) return response.setHeader("content-type", "text/html").end(html);
    const source = readFileSync(join(import.meta.dirname, "../src", url), "utf8");
    const target = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: { ...target, verbatimModuleSyntax: true },
    });
    return response.setHeader("content-type", "text/javascript").end(outputText);
  });
}

describe("in a page in Chromium", { ...needs("chromium"), timeout: 300_000 }, () => {
  const server = serve();
  let context: Context;
  let page: Page;

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    context = await launch();
    page = context.pages()[0]!;
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction("window.ready", undefined, { timeout: 200_000 });
  }, 250_000);
  afterAll(async () => {
    await context?.close();
    server.close();
  });

  test("solveAsync has the bits of solve in Node, lets timers run and shows how far it is", async () => {
    const run = (await page.evaluate(`(async () => {
      const before = ticks;
      const options = { solver: rodas5P, rtol: 1e-10, atol: 1e-10, keep: "end", onStep };
      const { status, yEnd, stats } = await solveAsync({ f: ${f}, y0: [2, 0], tSpan: [0, 2000] }, options);
      return { status, yEnd: [...yEnd], stats, ticks: ticks - before };
    })()`)) as Pick<Solution, "status" | "stats"> & { yEnd: number[]; ticks: number };
    const here = solve(problem(2000), { solver: rodas5P, rtol: 1e-10, atol: 1e-10, keep: "end" });
    expect(run.status).toBe("finished");
    expect(run.yEnd).toEqual([...here.yEnd]);
    expect(run.stats).toEqual(here.stats);
    expect(run.ticks).toBeGreaterThan(0);
    expect(await page.evaluate("document.querySelector('progress').value")).toBe(1);
  });

  test("a click on a button aborts what would not end, and what was reached is there", async () => {
    await page.evaluate(`void (window.outcome = solveAsync(
      { f: ${f}, y0: [2, 0], tSpan: [0, 1e9] },
      { solver: rodas5P, keep: "end", maxSteps: 1e15, signal: abort.signal, onStep },
    ))`);
    await page.waitForFunction("document.querySelector('progress').value > 0 && ticks > 3");
    await page.getByRole("button").click();
    const run = (await page.evaluate(
      "outcome.then(({ status, hint, tEnd, yEnd }) => ({ status, hint, tEnd, y: [...yEnd] }))",
    )) as { status: string; hint: string; tEnd: number; y: number[] };
    expect(run.status).toBe("aborted");
    expect(run.hint).toBe(`the signal was aborted at t = ${run.tEnd}`);
    expect(run.tEnd).toBeGreaterThan(0);
    expect(Math.abs(run.y[0]!)).toBeLessThan(2.1);
  });

  test("limits hold as in Node", async () => {
    const statuses =
      await page.evaluate(`[{ maxSeconds: 0.02, maxSteps: 1e15 }, { maxEvaluations: 1000 }, { maxSteps: 50 }]
      .map((limit) => solve({ f: ${f}, y0: [2, 0], tSpan: [0, 1e9] }, { solver: rodas5P, keep: "end", ...limit }).status)`);
    expect(statuses).toEqual(["time_limit_reached", "evaluation_limit_reached", "max_steps_reached"]);
  });
});
