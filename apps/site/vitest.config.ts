import { mergeConfig, type ViteUserConfig } from "vitest/config";
import shared from "../../vitest.shared.ts";

// The site is looked at as it is built.
const config: ViteUserConfig = mergeConfig(shared, {
  test: {
    globalSetup: ["./test/build.ts"],
    setupFiles: ["./test/built.ts"],
    isolate: true,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
export default config;
