import { FieldError, IntegratorError } from "../errors.ts";
import { Interruption, limited } from "../interruption.ts";
import { emptyStats, type OdeProblem, type Stats } from "../problem.ts";
import type { AnyStepper } from "../steppers/stepper.ts";
import { System } from "../system.ts";
import { EventWatch } from "./events.ts";
import { Integration } from "./integration.ts";
import { Limits } from "./limits.ts";
import { type Plan, stepperSettings } from "./plan.ts";
import { SegmentView } from "./segment-view.ts";
import { hintFor, type Status } from "./status.ts";
import type { StepSink } from "./step-sink.ts";

/** The last good state. */
interface Place {
  readonly t: number;
  readonly y: Float64Array;
}

/** A plan and the system that it is for: everything that evaluates a problem goes through here. */
export class Work {
  readonly plan: Plan;
  readonly stats: Stats;
  readonly system: System;
  readonly limits: Limits;

  /** @param part of other work, whose limits hold for both */
  constructor(problem: OdeProblem, plan: Plan, part?: Work) {
    this.plan = plan;
    this.stats = part?.stats ?? emptyStats();
    this.system = new System(problem, this.stats, plan);
    this.limits = part?.limits ?? new Limits(plan, this.stats);
  }

  /** Does work that limits may end. An error in a callback becomes a `FieldError`. */
  guarded<T>(place: Place, work: () => T): T | Status {
    const { limits } = this;
    try {
      return limited(limits.interruption, work);
    } catch (cause) {
      if (cause instanceof Interruption && limits.interrupted !== undefined) return limits.interrupted;
      if (cause instanceof IntegratorError || cause instanceof Interruption) throw cause;
      throw new FieldError(place.t, place.y.slice(), cause);
    }
  }
}

/** Work with all that integrates it. */
export class Run extends Work {
  readonly stepper: AnyStepper;
  readonly watch: EventWatch | undefined;
  readonly view: SegmentView;
  /** Who hears of the steps. */
  readonly sinks: StepSink[] = [];
  readonly integration: Integration;

  constructor(problem: OdeProblem, plan: Plan, part?: Work) {
    super(problem, plan, part);
    this.stepper = this.#stepper();
    if (plan.events.length > 0) this.watch = new EventWatch(plan.events, this.system);
    this.view = new SegmentView(this.stepper, plan.bounds);
    this.integration = new Integration(plan, this.limits, this.stepper, this.view, this.sinks, this.watch);
  }

  #stepper(): AnyStepper {
    const { plan, system } = this;
    try {
      return plan.solver.createStepper(system, stepperSettings(plan));
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      throw new IntegratorError(
        `${plan.solver.name} needs more memory for ${system.n} unknowns than there is: say where the Jacobian is ` +
          "zero, by band or sparsity, or use krylov or an explicit solver",
        { code: "too_large", cause },
      );
    }
  }

  complete(y0: Float64Array): Status {
    return this.guarded(this.integration, () => {
      let status = this.integration.start(y0);
      while (status === undefined) status = this.integration.step();
      return status;
    });
  }

  hint(status: Status): string {
    const { t, stiffness, unwritten } = this.integration;
    return hintFor(status, {
      t,
      kind: this.plan.solver.kind,
      heldByStability: stiffness.found,
      unwritten,
      actions: this.watch?.actions ?? 0,
      outside: this.plan.bounds?.describe() ?? "",
      dense: this.system.denseUnknowns,
    });
  }
}
