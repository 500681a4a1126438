import { defineConfig, type ViteUserConfig } from "vitest/config";
import shared from "../../vitest.shared.ts";

// The other packages load as they are built, a file each: sooner than their hundreds of sources.
const config: ViteUserConfig = defineConfig({
  test: { ...shared.test, globalSetup: ["../../scripts/build-for-tests.ts"] },
});
export default config;
