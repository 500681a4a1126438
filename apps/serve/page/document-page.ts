import { startPage } from "./app.ts";
import { find } from "./elements.ts";
import { hereService } from "./service/here.ts";

const { model, network } = JSON.parse(find("embedded").textContent!);
await startPage(hereService(model, network));
