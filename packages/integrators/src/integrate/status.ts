/** How a run ended. Everything but `finished` and `event` is a failure that kept the last good state. */
export type Status =
  | "finished"
  | "event"
  | "step_too_small"
  | "max_steps_reached"
  | "newton_diverged"
  | "non_finite"
  | "rounding_dominates";

/** What a user can do about it. */
export function hintFor(status: Status, t: number, explicit: boolean): string {
  switch (status) {
    case "finished":
    case "event":
      return "";
    case "step_too_small":
      return `the error estimate asks for steps below the rounding of t at t = ${t}: the solution may have a singularity there, or the tolerances are too small for its size; loosen rtol, raise atol for components near 0, or pass stopAt where f jumps`;
    case "max_steps_reached":
      return explicit
        ? `maxSteps was used up at t = ${t}: the problem is probably stiff; use auto(), rodas5P or radauIIA5, loosen the tolerances or raise maxSteps`
        : `maxSteps was used up at t = ${t}: loosen the tolerances or raise maxSteps`;
    case "newton_diverged":
      return `Newton's iteration failed at t = ${t} however small the step: check the Jacobian, or take smaller fixed steps`;
    case "non_finite":
      return `a value was NaN or infinite at t = ${t} however small the step: the solution may blow up there, or f is not defined for a state that was tried`;
    case "rounding_dominates":
      return `rounding in the linear systems of a Rosenbrock method has come to the tolerance at t = ${t}: it does not keep what is conserved many decades below the largest component; use radauIIA5, esdirk43 or auto({ stiff: radauIIA5 }), or raise atol`;
  }
}
