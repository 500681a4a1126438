import { startPage } from "./app.ts";
import { serverService } from "./service/server.ts";

await startPage(serverService());
