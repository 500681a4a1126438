import { radau, solve } from "@stiffnet/integrators";
import { beforeAll, describe, expect, it } from "vitest";
import { type Ended, expectRefusal, inTurn, temporaryFolder } from "../../../../scripts/commands/run.ts";
import { errorAtEnd } from "../../src/comparisons/ode/problems.ts";
import { alternatingDirections } from "../../src/comparisons/ode-growth/adi.ts";
import type { GrowthResult } from "../../src/comparisons/ode-growth/experiment.ts";
import { planes, sampled } from "../../src/comparisons/ode-growth/planes.ts";

describe("the planes", () => {
  it.each([3, 8, 17])("heat on %d points a side ends where sines say", (side) => {
    const exact = planes.HEAT2D.exact!(side);
    const run = solve(planes.HEAT2D.problem(side), {
      solver: radau,
      rtol: 1e-10,
      atol: 1e-12,
      keep: "end",
    });
    expect(run.status).toBe("finished");
    const ends = { name: "HEAT2D", floor: 1e-3, reference: sampled(exact) };
    expect(errorAtEnd(ends, sampled(run.yEnd))).toBeLessThan(1e-8);
  });

  it.each([
    { side: 7, parts: 1, coupling: 3, reflecting: false },
    { side: 6, parts: 2, coupling: 0.7, reflecting: true },
  ])("alternating directions undo what they stand for: $side points, $parts parts", (square) => {
    const { side, parts, coupling, reflecting } = square;
    const shift = 2.3;
    const n = parts * side * side;
    /** (shift - d D) along rows, or across them. */
    const along = (v: Float64Array, stride: number, place: (at: number) => number): Float64Array =>
      v.map((value, at) => {
        const i = place(at);
        const before = i > 0 ? v[at - stride]! : reflecting ? v[at + stride]! : 0;
        const after = i < side - 1 ? v[at + stride]! : reflecting ? v[at - stride]! : 0;
        return shift * value - coupling * (before - 2 * value + after);
      });
    const x = Float64Array.from({ length: n }, (_, i) => Math.sin(3 * i + 1));
    const rows = along(x, parts, (at) => Math.floor(at / parts) % side);
    const both = along(rows, parts * side, (at) => Math.floor(at / (parts * side)));
    const b = both.map((value) => value / shift);
    const preconditioner = alternatingDirections(square);
    preconditioner.prepare!(0, x, shift, new Float64Array(0));
    preconditioner.solve(b);
    b.forEach((value, i) => {
      expect(value).toBeCloseTo(x[i]!, 12);
    });
  });
});

describe("ode-growth", () => {
  const args = [
    "ode-growth",
    "--unknowns",
    "100,400",
    "--rtol",
    "1e-4,1e-6",
    "--error",
    "1e-4",
    "--peers",
    "none",
  ];
  const quick = ["--seconds-per-turn", "0.001"];
  let ended: Ended;
  let document: GrowthResult & { digest: string };
  beforeAll(async () => {
    ended = await inTurn([...args, ...quick, "--methods", "sparse,krylov,rkc", "--json"], {
      cwd: temporaryFolder(),
    });
    document = JSON.parse(ended.stdout);
  }, 120_000);

  it("solves both problems in both sizes by every method, to the tolerance, in processes of their own", () => {
    expect(ended.code, ended.stderr).toBe(0);
    const { points, missing, own } = document;
    expect(missing).toBe("--peers none");
    expect(own).toEqual(["bdf, sparse", "bdf, GMRES", "rkc"]);
    const first = points.filter(({ rtol }) => rtol === 1e-4);
    expect(first).toHaveLength(2 * 2 * 3);
    // Who is accurate enough is not asked for more.
    expect(points.length - first.length).toBe(first.filter(({ error }) => error > 1e-4).length);
    for (const point of points) {
      expect(point.ok, point.reason).toBe(true);
      // Errors of hundreds of steps add up, and grow where the Brusselator turns; the sharper run is sharper.
      expect(point.error, `${point.contestant} on ${point.problem}`).toBeLessThan(3000 * point.rtol);
      // A Node process is no smaller.
      expect(point.peakMiB).toBeGreaterThan(20);
      expect(point.factorisations! > 0).toBe(point.contestant !== "rkc");
    }
    expect([...new Set(points.map(({ problem }) => problem))]).toEqual([
      "HEAT2D 100",
      "HEAT2D 400",
      "BRUSS2D 98",
      "BRUSS2D 392",
    ]);
  });

  it("takes the same steps again, and refuses what it cannot do", async () => {
    const cwd = temporaryFolder();
    const again = await inTurn([...args, ...quick, "--methods", "sparse,krylov,rkc"], { cwd });
    expect(again.stdout).toContain(`checksum ${document.digest}`);
    const env = { CXX: "/no/such/compiler" };
    expectRefusal(await inTurn(["ode-growth", "--peers", "cvode"], { cwd, env }), "cvode", "compiler");
    expectRefusal(await inTurn(["ode-growth", "--methods", "radau"], { cwd }), "radau", "sparse");
  }, 120_000);
});
