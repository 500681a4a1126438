import { mergeConfig, type ViteUserConfig } from "vitest/config";
import shared from "../../vitest.shared.ts";

// The commands are tested as users run them, from what is built. The time limit is against hanging: a busy
// machine may take ten times as long as an idle one.
const config: ViteUserConfig = mergeConfig(shared, {
  test: {
    globalSetup: ["../../scripts/build-for-tests.ts"],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // Drawing them costs more than most of the studies; those that look at them say so.
    // And as in a wide terminal: sentences that are looked for stand in one line.
    env: { STIFFNET_NO_PNG: "1", COLUMNS: "1000" },
  },
});
export default config;
