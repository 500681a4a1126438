import { defineConfig, type ViteUserConfig } from "vitest/config";
import shared from "../../vitest.shared.ts";

// Its tests change what belongs to the whole process: each file has one of its own. There the other packages
// load as they are built, a file each, sooner than their hundreds of sources.
const config: ViteUserConfig = defineConfig({
  test: { ...shared.test, isolate: true, globalSetup: ["../../scripts/build-for-tests.ts"] },
});
export default config;
