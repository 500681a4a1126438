import type { StudyConfig, TrialSpec } from "../configuration/config.ts";
import type { StudyData } from "../data/kinds.ts";
import type { TrialRecord } from "./record.ts";

export type ToWorker =
  /** Without data the worker makes or reads them itself. */
  | {
      readonly type: "study";
      readonly config: StudyConfig;
      readonly folder: string;
      readonly data?: StudyData;
    }
  | { readonly type: "run"; readonly spec: TrialSpec }
  /** Save where the trial stands, then end. */
  | { readonly type: "stop" };

export type FromWorker =
  /** All that trains is loaded. */
  | { readonly type: "ready" }
  | {
      readonly type: "progress";
      readonly id: string;
      readonly epoch: number;
      readonly riskTrain: number;
    }
  | { readonly type: "ended"; readonly record: TrialRecord }
  | { readonly type: "interrupted" }
  /** Wrong input or a full disk: no restart will help. */
  | { readonly type: "refused"; readonly message: string };
