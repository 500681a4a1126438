import { buildForTests } from "../../../scripts/build-for-tests.ts";

export default (): void => buildForTests();
