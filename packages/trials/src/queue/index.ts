export { serveQueue } from "./consumer.ts";
export { queueRunner } from "./producer.ts";
