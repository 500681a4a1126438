import { mergeConfig, type ViteUserConfig } from "vitest/config";
import shared from "../../vitest.shared.ts";

// The commands are tested as users run them, from what is built.
const config: ViteUserConfig = mergeConfig(shared, {
  test: { globalSetup: ["./test/build.ts"], testTimeout: 180_000, hookTimeout: 180_000 },
});
export default config;
