/** Written by scripts/version.mjs from package.json. */
export const version = "0.0.0";
