import { availableParallelism } from "node:os";
import { basename } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files of more than a quarter of a minute, longest first: begun late, one would leave the other cores
 *  without work. Those that wait for processes of their own stand among those that compute. */
const long = [
  ...["queue", "packed", "resume", "ode", "site", "serve", "question", "readme", "access", "ode-growth"],
  ...["event-storms", "shutdown", "neural-odes", "processes", "step", "page", "loss", "study", "pressure"],
].map((name) => `${name}.test.ts`);

/** Those first; the others project by project. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => long.indexOf(basename(moduleId)) + 1 || 99;
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    projects: ["packages/*/vitest.config.ts", "apps/*/vitest.config.ts", "test"],
    // Two more than there are cores: many tests wait for processes of their own, or for time to pass.
    maxWorkers: availableParallelism() + 2,
    sequence: { sequencer: LongestFirst },
    reporters: ["default", ["json", { outputFile: "node_modules/.cache/vitest.json" }]],
  },
});
