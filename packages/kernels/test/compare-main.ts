import process from "node:process";
import { compareWithWasm } from "./compare.ts";

console.log(JSON.stringify(compareWithWasm("native-neon", Number(process.argv[2]))));
