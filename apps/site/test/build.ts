import { buildForTests } from "../../../scripts/build-for-tests.ts";

/** Builds the site, and the commands whose --help it shows. */
export default function build(): void {
  buildForTests(["apps/site/scripts/build.mjs"]);
}
