/**
 * Prepared convolutions, kept for the next call.
 *
 * Packing weights costs a pass over them, so it is done once for each filter and shape. TensorFlow.js never writes to the
 * values of a tensor: a variable that is assigned to gets the data of another tensor, under another data id. So a data
 * id stands for values, and a plan is good as long as the data ids it was made of are asked for.
 *
 * @module
 */

import type { ConvPlan } from "@corr2d/core";
import type { DataId, TensorInfo } from "@tensorflow/tfjs-core";

/** Shapes remembered of one filter: a few sizes of batch or image, forward and backward. */
const SHAPES_PER_FILTER = 8;

type Plan = ConvPlan<readonly number[]>;

/** A plan, and the data ids of what was fused into it. */
interface Prepared {
  readonly plan: Plan;
  readonly fused: readonly (DataId | undefined)[];
}

/** The prepared convolutions of a backend. */
export class PlanStore {
  readonly #plans = new Map<DataId, Map<string, Prepared>>();

  /** How many plans there are. */
  get size(): number {
    let size = 0;
    for (const plans of this.#plans.values()) size += plans.size;
    return size;
  }

  /**
   * The plan of a convolution with this filter and what is fused to it (bias, slopes), made by `prepare` if there is none
   * or if what is fused has changed.
   *
   * @param key pass, shapes and options.
   */
  get(
    [filter, ...others]: readonly [TensorInfo, ...(TensorInfo | undefined)[]],
    key: string,
    prepare: () => Plan,
  ): Plan {
    const fused = others.map((tensor) => tensor?.dataId);
    let plans = this.#plans.get(filter.dataId);
    const known = plans?.get(key);
    if (known?.fused.every((dataId, i) => dataId === fused[i])) return known.plan;
    const plan = prepare();
    if (plans === undefined) this.#plans.set(filter.dataId, (plans = new Map()));
    plans.delete(key); // to the end: what was prepared longest ago goes first
    plans.set(key, { plan, fused });
    if (plans.size > SHAPES_PER_FILTER) plans.delete(plans.keys().next().value!);
    return plan;
  }

  /** Gives up what was packed of a filter whose values are gone. */
  forget(filter: DataId): void {
    this.#plans.delete(filter);
  }

  clear(): void {
    this.#plans.clear();
  }
}
