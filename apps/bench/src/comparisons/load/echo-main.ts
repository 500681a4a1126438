// Node's HTTP server with nothing behind it: reads the body and answers the given text. echo-main.js FILE
// PORT
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { scriptArguments } from "@stiffnet/terminal";

const [file, port] = scriptArguments();
const answer = readFileSync(file!);
const headers = { "content-type": "application/json", "content-length": answer.length };
createServer((request, response) => {
  const pieces: Buffer[] = [];
  request.on("data", (piece: Buffer) => pieces.push(piece));
  request.on("end", () => response.writeHead(200, headers).end(answer));
}).listen(Number(port), "127.0.0.1");
