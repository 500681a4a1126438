import { availableParallelism } from "node:os";
import type { Experiment } from "@stiffnet/trials";
import { findClient } from "./client.ts";
import { compareServices, laterWarmUp } from "./compare.ts";
import { loadFigures } from "./figures.ts";
import { findPythonServices } from "./python.ts";
import { type ServeConfig, type ServeResult, serveSentences, serveTable } from "./words.ts";

/** `file` is the served model. */
export function serveExperiment(
  file: string,
  dtype: "float32" | "float64",
): Experiment<ServeConfig, ServeResult, undefined> {
  return {
    engine: "onnxruntime-node",
    async compute({ model, rows, connections, rounds, seconds, warmUp, workers }, watch) {
      const { found: pythons, missing } = dtype === "float32" ? await findPythonServices() : noPython;
      for (const text of missing) watch.note(text);
      const client = findClient();
      const { cases, digest } = await compareServices({
        ...{ model: file, columns: model.inputs, dtype, rows, connections, rounds, seconds, warmUp, workers },
        ...{ pythons, client, signal: watch.signal, onProgress: watch.note },
        processes: [...new Set([1, availableParallelism()])],
      });
      const result = {
        outputsDigest: digest,
        client,
        python: [...pythons.values()].map(({ printed }) => printed),
        cases,
        missing,
      };
      return { result, drawn: undefined };
    },
    digested: ({ outputsDigest }) => outputsDigest,
    present: (summary) => ({
      title: "Requests a second",
      lead: serveSentences(summary),
      tables: [serveTable(summary, summary.config)],
      figures: loadFigures(summary.cases),
      facts: factsOf(summary, summary.config),
    }),
    failed: ({ cases }) => cases.some(({ failed }) => failed > 0),
  };
}

const noPython = { found: new Map(), missing: ["Python's services take float32 models only"] };

function factsOf({ client, python }: ServeResult, { model, rounds, seconds, warmUp }: ServeConfig) {
  const { inputs, outputs, width, depth, sha256 } = model;
  const facts: [string, string][] = [
    ["model", `${inputs} inputs, ${outputs} outputs, width ${width}, depth ${depth}, sha256 ${sha256}`],
    [
      "rounds",
      `${rounds} of ${seconds} s a service, in turns; medians over the rounds; ${warmUp} s before the first, ${laterWarmUp} s before others`,
    ],
    ["client", client === "wrk" ? "wrk, one thread" : "a process of Node"],
  ];
  return [...facts, ...python.map((printed) => ["Python", printed] as const)];
}
