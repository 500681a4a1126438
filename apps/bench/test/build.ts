import { buildForTests } from "../../../scripts/build-for-tests.ts";

export default function build(): void {
  buildForTests(["apps/bench"]);
}
