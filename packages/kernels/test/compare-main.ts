import process from "node:process";
import { compareWithWasm } from "./compare.ts";

console.log(JSON.stringify(compareWithWasm("native", Number(process.argv[2]))));
