import { defineConfig, type ViteUserConfig } from "vitest/config";

/** Tests run on the sources: the condition stands in every package's `exports`. */
const conditions = ["@stiffnet/source"];

const shared: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    // The files of a project take turns in one process, and what they import is loaded once. So a test leaves
    // nothing behind that another could see.
    isolate: false,
    // Polled values arrive, but a busy machine takes its time.
    expect: { poll: { timeout: 50_000 } },
  },
});
export default shared;
