import { startPage } from "./app.ts";
import { find } from "./elements.ts";
import { hereService } from "./service/here.ts";
import { bytesOf } from "./service/networks.ts";

const embedded = JSON.parse(find("embedded").textContent!, (_, value) =>
  typeof value?.float64 === "string" ? new Float64Array(bytesOf(value.float64).buffer) : value,
);
await startPage(hereService(embedded));
