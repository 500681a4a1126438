import { defineConfig, type ViteUserConfig } from "vitest/config";
import shared from "../vitest.shared.ts";

// One project for all packages: with one for each, every worker would load the sources that they share anew.
const config: ViteUserConfig = defineConfig({
  ...shared,
  test: { ...shared.test, name: "packages", include: ["*/test/**/*.test.ts"] },
});
export default config;
