import { defineConfig } from "vitest/config";

/** Tests of the workspace as a whole: those of what is published need the built packages. */
const conditions = ["@stiffnet/source"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    name: "workspace",
    include: ["*.test.ts"],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    pool: "forks",
    // Polled values arrive, but a busy machine takes its time.
    expect: { poll: { timeout: 50_000 } },
  },
});
