import { createServer } from "@stiffnet/serve";

// The service under load, in a process of its own: server_main.js MODEL PORT WORKERS
const [model, port, workers] = process.argv.slice(2);
const server = await createServer([`model=${model}`], { workers: Number(workers), log: "error", watch: 0 });
await server.listen({ port: Number(port) });
process.once("SIGTERM", () => void server.close().then(() => process.exit(0)));
