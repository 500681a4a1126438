/** How a run ended. Everything but `finished` and `event` kept the last good state, short of the end. */
export type Status =
  | "finished"
  | "event"
  | "aborted"
  | "stopped"
  | "time_limit_reached"
  | "evaluation_limit_reached"
  | "memory_limit_reached"
  | "events_accumulate"
  | "event_not_crossed"
  | "bounds_violated"
  | "max_steps_reached"
  | "stiff"
  | "inconsistent_start"
  | "step_too_small"
  | "newton_diverged"
  | "non_finite"
  | "rounding_dominates"
  | "not_reversible";

/** Facts that decide a hint. */
export interface Circumstances {
  readonly t: number;
  readonly kind: string;
  /** An explicit method was seen at its stability limit. */
  readonly heldByStability: boolean;
  /** Components of dy that f left unwritten at the start. */
  readonly unwritten: readonly number[];
  /** How often the actions of events have changed the state. */
  readonly actions?: number;
  /** The unknown that left its bounds, in words. */
  readonly outside?: string;
  /** The unknowns, if the Jacobian is in use and a full one. */
  readonly dense?: number;
}

type Hint = (at: string, where: Circumstances) => string;

/** With so many actions, the actions use up the steps. */
const MANY_ACTIONS = 10_000;

const useImplicit = "use auto(), rodas5P or radau";

const hints: Readonly<Record<Status, Hint>> = {
  finished: () => "",
  event: () => "",
  aborted: (at, where) => `the signal was aborted ${at}${advice(where)}`,
  stopped: (at) => `onStep returned false ${at}`,
  time_limit_reached: (at, where) => `maxSeconds were over ${at}${advice(where)}`,
  evaluation_limit_reached: (at, where) => `maxEvaluations were used up ${at}${advice(where)}`,
  memory_limit_reached: (at, where) =>
    `maxMemory was full ${at}: pass saveAt or keep: "end"${where.heldByStability ? `; ${useImplicit}` : ""}`,
  events_accumulate: (at) =>
    `events with actions follow one another ever faster ${at}, and never pass it: end the run with terminal, a ` +
    "count or a threshold in the event, or let the action change more",
  event_not_crossed: (at) =>
    `an event function touches zero without crossing it ${at}, or two events act at once: the time of the event has ` +
    "no derivative there, and so the later states have none; end the run before it with at or tSpan",
  bounds_violated: (at, { outside }) =>
    `${outside} ${at}, however small the step: f points out of the bounds there, is not continuous across ` +
    "them, or its equations without a derivative hold outside; check the bounds and the sign of f on them",
  max_steps_reached: (at, where) =>
    (where.actions ?? 0) > MANY_ACTIONS
      ? `maxSteps was used up ${at} by ${where.actions} actions of events, each of which begins the run anew: raise ` +
        "maxSteps, or let the action change more"
      : where.kind === "explicit"
        ? `maxSteps was used up ${at}: the problem is probably stiff; ${useImplicit}, ` +
          "loosen the tolerances or raise maxSteps"
        : `maxSteps was used up ${at}: loosen the tolerances or raise maxSteps`,
  stiff: (at) =>
    `stability, not accuracy, bounds the step ${at}, and more than 50,000 steps are left: ${useImplicit}, ` +
    "or pass maxSteps to go on anyway",
  inconsistent_start: (at) =>
    `the equations without a derivative do not hold ${at}, and no values were found for which they hold: ` +
    "give a y0 that satisfies them; they may be of an index above 1",
  step_too_small: (at) =>
    `the error estimate asks for steps below the rounding of t ${at}: the solution may have a singularity there, ` +
    "or the tolerances are too small for its size; loosen rtol, raise atol for components near 0, or pass tStops " +
    "where f jumps",
  newton_diverged: (at) =>
    `Newton's iteration failed ${at} however small the step: check the Jacobian, or take smaller fixed steps; with ` +
    "krylov: a better preconditioner, or a larger dimension",
  non_finite: (at, { unwritten }) =>
    unwritten.length > 0
      ? `f leaves dy[${unwritten.slice(0, 5).join("], dy[")}] unwritten: it writes the derivative into its third ` +
        "argument, every entry at every call"
      : `a value was NaN or infinite ${at} however small the step: the solution may blow up there, or f is not ` +
        "defined for a state that was tried",
  not_reversible: (at) =>
    `y, integrated backwards, does not return to its earlier value ${at}, because a part that decays forwards grows backwards; use ` +
    "interpolated() or discrete() instead of backsolve()",
  rounding_dominates: (at) =>
    `rounding in the linear systems of a Rosenbrock method has reached the tolerance ${at}: components many ` +
    "decades below the largest one are no longer accurate; use radau, esdirk43 or " +
    "auto({ stiff: radau }), or raise atol",
};

/** With so many unknowns a full Jacobian takes most of the time. */
const LARGE = 500;

function advice({ heldByStability, dense = 0 }: Circumstances): string {
  if (heldByStability) return `: stability, not accuracy, bounds the step; ${useImplicit}`;
  if (dense < LARGE) return "";
  return `: the Jacobian of ${dense} unknowns is stored in full; say where it is zero, by sparsity or band, or use krylov`;
}

export function hintFor(status: Status, where: Circumstances): string {
  return hints[status](`at t = ${where.t}`, where);
}
