import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { expectRefusal, inTurn, start, temporaryFolder } from "../../../../scripts/commands/run.ts";

const tiny = "--samples 60 --epochs 6 --width 6 --depth 3 --points 2 --probes 2 --json".split(" ");

interface Method {
  readonly method: string;
  readonly pairs: number;
  readonly error: {
    readonly median: number;
    readonly p90: number;
    readonly p99: number;
    readonly worst: number;
  };
  readonly cosine: { readonly median: number; readonly worst: number };
}

describe("spectral", () => {
  it("compares every method with exact values at points of real trainings", async () => {
    const out = join(temporaryFolder(), "out");
    const line = ["spectral", ...tiny, "--weights", "0,1", "--out", out];
    const { code, stdout, stderr } = await inTurn(line);
    expect(code, stderr).toBe(0);
    const summary = JSON.parse(stdout);
    expect(JSON.parse(readFileSync(join(out, "summary.json"), "utf8"))).toEqual(summary);
    expect(summary.command).toBe("spectral");
    expect(summary.config.points).toEqual([1, 6]);
    expect(summary.runs.map((run: { weight: number }) => run.weight)).toEqual([0, 1]);
    for (const { methods, points, status } of summary.runs as {
      methods: Method[];
      points: { epoch: number; radius: number; methods: Method[] }[];
      status: string;
    }[]) {
      expect(status).toBe("finished");
      expect(methods.map(({ method }) => method)).toEqual(["arnoldi", "power", "gelfand"]);
      for (const { pairs, error, cosine } of methods) {
        // Two batches of 20 samples and three layers at two points.
        expect(pairs).toBe(2 * 2 * 20 * 3);
        const { median, p90, p99, worst } = error;
        expect([median, p90, p99, worst]).toEqual([median, p90, p99, worst].sort((a, b) => a - b));
        expect(cosine.worst).toBeLessThanOrEqual(cosine.median);
        expect(cosine.median).toBeLessThanOrEqual(1);
      }
      const gelfand = methods[2]!;
      // |J^1024|_F^(1/1024): at most log(sqrt(6)) / 1024 above for a normal J, a few times that for others.
      expect(gelfand.error.worst).toBeLessThan(2e-2);
      expect(gelfand.cosine.median).toBeGreaterThan(0.95);
      expect(methods[0]!.error.median).toBeLessThan(1e-2);
      for (const { radius } of points) expect(radius).toBeGreaterThan(0);
    }
    const page = readFileSync(join(out, "report.html"), "utf8");
    for (const part of ["arnoldi", "relative error", "weight 1", summary.digest])
      expect(page).toContain(part);
    expect(page.match(/<svg/g)).toHaveLength(4);
    expect(readdirSync(out).sort()).toEqual([
      "config.json",
      "figures",
      "report.html",
      "summary.json",
      "tables",
    ]);
    // The same numbers again, and a table for people.
    const again = await inTurn(line.filter((word) => word !== "--json"));
    expect(again.stdout).toContain(`checksum ${summary.digest}`);
    expect(again.stdout).toMatch(/^gelfand +1 +\d\.\de-\d /m);
  });

  it("trains by the first of the methods", async () => {
    const out = join(temporaryFolder(), "out");
    const options = ["--methods", "gelfand,power", "--weights", "1e-2", "--out", out];
    const { code, stdout } = await inTurn(["spectral", ...tiny, ...options]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).runs[0].methods.map(({ method }: Method) => method)).toEqual([
      "gelfand",
      "power",
    ]);
  });

  it("reports a training that diverges, with exit code 1", async () => {
    const out = join(temporaryFolder(), "out");
    const options = ["--weights", "1", "--rate", "1e30", "--activation", "relu", "--methods", "arnoldi"];
    const { code, stdout, stderr } = await inTurn(["spectral", ...tiny, ...options, "--out", out]);
    expect(code).toBe(1);
    expect(stderr).toContain("diverged");
    expect(JSON.parse(stdout).runs[0]).toMatchObject({ status: "diverged" });
    expect(existsSync(join(out, "report.html"))).toBe(true);
  });
});

describe("an interruption", () => {
  const earlier = [
    ["config.json", JSON.stringify({ command: "spectral", epochs: 6 })],
    ["report.html", "of 6 epochs"],
  ] as const;
  it.each([
    ["no result", []],
    ["the results of before", earlier],
  ])("ends at once with exit code 130 and %s", async (_, before) => {
    const line = "spectral --samples 60 --epochs 1000000 --width 6 --depth 3 --json".split(" ");
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, "out"));
    for (const [name, text] of before) writeFileSync(join(cwd, "out", name), text);
    const { child, ended } = start([...line, "--out", "out"], { cwd });
    await new Promise((resolve) => child.stderr!.once("data", resolve));
    child.kill("SIGINT");
    const { code, stdout, stderr } = await ended;
    expect([code, stdout]).toEqual([130, ""]);
    expect(stderr).toContain("interrupted");
    const expected = before.length === 0 ? ["config.json"] : ["config.json", "report.html"];
    expect(readdirSync(join(cwd, "out"))).toEqual(expected);
    for (const [name, text] of before) expect(readFileSync(join(cwd, "out", name), "utf8")).toBe(text);
  });
});

describe("spectral refuses", () => {
  const wrong: [string, ...string[]][] = [
    ["spectral --methods qr", "'qr'", "gelfand"],
    ["spectral --weights 1,-1", "'-1'", "at least 0"],
    ["spectral --weights 1,", "--weights"],
    ["spectral --points 0", "--points", "'0'"],
    ["spectral runs.csv", "too many arguments"],
  ];
  it.each(wrong)("%s", async (line, ...parts) => {
    const cwd = temporaryFolder();
    expectRefusal(await inTurn(line.split(" "), { cwd }), ...parts);
    expect(existsSync(join(cwd, "results"))).toBe(false);
  });

  it("a folder that holds another study, or a broken one", async () => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, "out"));
    writeFileSync(join(cwd, "out", "config.json"), JSON.stringify({ command: "study" }));
    expectRefusal(await inTurn(["spectral", ...tiny, "--out", "out"], { cwd }), "'study'", "--out");
    writeFileSync(join(cwd, "out", "config.json"), "{");
    expectRefusal(await inTurn(["spectral", ...tiny, "--out", "out"], { cwd }), "broken JSON");
  });
});
