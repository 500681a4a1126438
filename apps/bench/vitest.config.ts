import { mergeConfig, type ViteUserConfig } from "vitest/config";
import shared from "../../vitest.shared.ts";

// The commands are tested as users run them, from what is built. The time limit is against hanging: a busy
// machine may take ten times as long as an idle one.
const config: ViteUserConfig = mergeConfig(shared, {
  test: {
    globalSetup: ["../../scripts/build-for-tests.ts"],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // Drawing PNG files costs more than most studies. Tests that need them say so.
    // A wide terminal keeps each sentence on one line.
    env: { STIFFNET_NO_PNG: "1", COLUMNS: "1000" },
  },
});
export default config;
