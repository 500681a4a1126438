import { availableParallelism } from "node:os";
import { relative } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take about half a minute or more: begun late, one would leave the other cores without work.
 *  Shorter ones stay with their neighbours, since each process loads what a project imports anew. */
const first = [
  "apps/bench/test/queue",
  "test/packed",
  "apps/bench/test/resume",
  "apps/bench/test/comparisons/load",
  "apps/bench/test/comparisons/ode",
  "apps/stiffnet/test/kept-model",
  "apps/serve/test/processes",
  // It waits for the site, which is built from the start on.
  "apps/site/test/site",
  "apps/bench/test/readme",
  "apps/bench/test/studies/question",
  "apps/bench/test/comparisons/ode-growth",
].map((name) => `${name}.test.ts`);

/** Those first; the others project by project. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number =>
      first.indexOf(relative(import.meta.dirname, moduleId).replaceAll("\\", "/")) + 1 || first.length + 1;
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    projects: ["packages/vitest.config.ts", "apps/*/vitest.config.ts", "test"],
    // Three more than there are cores: many tests wait for processes of their own, or for time to pass.
    maxWorkers: availableParallelism() + 3,
    sequence: { sequencer: LongestFirst },
    reporters: ["default", ["json", { outputFile: "node_modules/.cache/vitest.json" }]],
  },
});
