export { readTable } from "./read-table.ts";
export { writeTable } from "./write-table.ts";
