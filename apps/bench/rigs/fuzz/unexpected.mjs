// Bodies and addresses that no client of ours would send.
import { isAnswered, json, post } from "./well-formed.mjs";

function randomJson(random, depth = 0) {
  const leaf = () =>
    random.among([0, -0, 1, 1e300, -1e-300, "", "a", null, true, false, "漢字\u202e", "__proto__", 2 ** 63]);
  if (depth > 4 || random.below(3) === 0) return leaf();
  const length = random.below(5);
  if (random.below(2)) return Array.from({ length }, () => randomJson(random, depth + 1));
  const keys = [
    "id",
    "inputs",
    "outputs",
    "parameters",
    "name",
    "shape",
    "datatype",
    "data",
    "model",
    "__proto__",
    "constructor",
    "a",
  ];
  return Object.fromEntries(
    Array.from({ length }, () => [random.among(keys), randomJson(random, depth + 1)]),
  );
}

/** Any JSON, or bytes, to any route that takes a body. */
export function anything(context, random) {
  const name = encodeURIComponent(context.model.name);
  const path = random.among([`/v2/models/${name}/infer`, "/predict", "/v2/repository/index", "/predict"]);
  const payload = random.below(4)
    ? JSON.stringify(randomJson(random))
    : Buffer.from(Array.from({ length: random.below(300) }, () => random.below(256)));
  return { send: () => post(context, path, payload, random.among([json, json, {}])), check: isAnswered };
}

/** Other paths and methods. */
export function elsewhere(context, random) {
  const piece = () =>
    random.among([
      "v2",
      "models",
      "infer",
      "..",
      ".",
      "%2e%2e",
      "%00",
      "%",
      "%ff",
      "漢",
      "__proto__",
      "constructor",
      "versions",
      "1",
      "-1",
      "ready",
      "repository",
      "load",
      "x".repeat(300),
      "a b",
      "?q=1",
      "#",
      "",
    ]);
  const path = encodeURI(`/${Array.from({ length: 1 + random.below(6) }, piece).join("/")}`).replaceAll(
    "%25",
    random.among(["%", "%25"]),
  );
  const method = random.among(["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"]);
  const check = (answer) =>
    method === "HEAD" ? (answer.status === 500 ? "status 500" : undefined) : isAnswered(answer);
  return {
    send: () =>
      post(context, path, ["POST", "PUT", "PATCH"].includes(method) ? "{}" : undefined, json, method),
    check,
  };
}
