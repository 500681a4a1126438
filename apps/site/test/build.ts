import { buildForTests } from "../../../scripts/build-for-tests.ts";

/** Builds the site, and the commands whose --help it shows. */
export default function build(): void {
  buildForTests(
    ["apps/bench", "apps/serve"],
    ["apps/serve/scripts/build-page.mjs", "apps/site/scripts/build.mjs"],
  );
}
