import { mergeConfig, type ViteUserConfig } from "vitest/config";
import shared from "../../vitest.shared.ts";

// Its tests change what belongs to the whole process.
const config: ViteUserConfig = mergeConfig(shared, { test: { isolate: true } });
export default config;
