import { FieldError, IntegratorError } from "../errors.ts";
import { Interruption, limited } from "../interruption.ts";
import { emptyStats, type OdeProblem, type Stats } from "../problem.ts";
import type { Stepper } from "../steppers/stepper.ts";
import { System } from "../system.ts";
import { EventWatch } from "./events.ts";
import { Integration } from "./integration.ts";
import { type Plan, stepperSettings } from "./plan.ts";
import { SegmentView } from "./segment-view.ts";
import { hintFor, type Status } from "./status.ts";
import type { StepSink } from "./step-sink.ts";

/** A plan with all that carries it out: everything that integrates goes through here. */
export class Run {
  readonly plan: Plan;
  readonly stats: Stats;
  readonly system: System;
  readonly stepper: Stepper;
  /** Where there are events. */
  readonly watch: EventWatch | undefined;
  readonly view: SegmentView;
  /** Who hears of the steps. */
  readonly sinks: StepSink[] = [];
  readonly integration: Integration;

  constructor(problem: OdeProblem, plan: Plan, stats: Stats = emptyStats()) {
    this.plan = plan;
    this.stats = stats;
    this.system = new System(problem, stats, plan);
    this.stepper = this.#stepper();
    if (plan.events.length > 0) this.watch = new EventWatch(plan.events, this.system);
    this.view = new SegmentView(this.stepper, plan.bounds);
    this.integration = new Integration(this.stepper, plan, this.view, this.sinks, this.watch);
  }

  #stepper(): Stepper {
    const { plan, system } = this;
    try {
      return plan.solver.createStepper(system, stepperSettings(plan));
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      throw new IntegratorError(
        `${plan.solver.name} takes more memory for ${system.n} unknowns than can be had: say where the Jacobian is ` +
          "zero, by band or sparsity, or use krylov or an explicit solver",
        { code: "too_large", cause },
      );
    }
  }

  /** From the initial state; a status if the run is over with it. */
  start(y0: Float64Array): Status | undefined {
    return this.#guarded(() => this.integration.start(y0));
  }

  /** Takes a step; a status if the run is then over. */
  step(): Status | undefined {
    return this.#guarded(() => this.integration.step());
  }

  /** From the initial state to the end. */
  complete(y0: Float64Array): Status {
    return this.#guarded(() => this.integration.run(y0));
  }

  /** Work that limits may end within a step. What callbacks throw comes out as `FieldError`. */
  #guarded<T>(work: () => T): T | Status {
    const { integration } = this;
    try {
      return limited(integration.limits.interruption, work);
    } catch (cause) {
      if (cause instanceof Interruption && integration.limits.interrupted !== undefined)
        return integration.limits.interrupted;
      if (cause instanceof IntegratorError || cause instanceof Interruption) throw cause;
      throw new FieldError(integration.t, integration.y.slice(), cause);
    }
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
