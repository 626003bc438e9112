/**
 * Prepared convolutions, kept for the next call.
 *
 * Packing weights costs a pass over them, so it is done once for each filter and shape. TensorFlow.js never writes to the
 * values of a tensor: a variable that is assigned to gets the data of another tensor, under another data id. So a data
 * id stands for values, and a plan is good as long as all the data that it was made of is there.
 *
 * Packed weights may lie in WebAssembly memory, so whatever leaves the store is disposed of: the memory is free again
 * before the next plan is made, not some time after a collection of garbage.
 *
 * @module
 */

import type { DataId, TensorInfo } from "@tensorflow/tfjs-core";

/** Shapes remembered of one filter: a few sizes of batch or image, forward and backward. */
const SHAPES_PER_FILTER = 8;

/** Bytes of weights whose gradients stay prepared: more than a training step of most networks has. */
const MOST_SHARED_BYTES = 2 ** 27;

/** What is prepared: a map from one array to another, or from several. */
export interface Plan<Arrays extends readonly Float32Array[] = [source: Float32Array, target: Float32Array]> {
  run(...arrays: Arrays): unknown;
  /** Gives its memory back. */
  [Symbol.dispose](): void;
}

/** The gradient with respect to a filter, of x and dy. */
export type FilterGradientPlan = Plan<[x: Float32Array, dy: Float32Array, dw: Float32Array]>;

/** A plan, and where it is found. */
interface Prepared {
  readonly plan: Plan;
  readonly filter: DataId;
  /** Pass, shapes and options. */
  readonly key: string;
  /** The data of what was fused into it: bias, slopes, a norm's. */
  readonly fused: readonly (DataId | undefined)[];
}

/** The prepared convolutions of a backend. */
export class PlanStore {
  /** By filter, then by key; what was prepared longest ago comes first. */
  readonly #plans = new Map<DataId, Map<string, Prepared>>();
  /** What depends on shapes only, by key; what was used longest ago comes first. */
  readonly #shared = new Map<string, { readonly plan: FilterGradientPlan; readonly bytes: number }>();
  #sharedBytes = 0;
  /** Filters that outlived what was fused with them, or had something else fused with them before. */
  readonly #unsteady = new WeakSet<DataId>();
  /** By what is fused into them. */
  readonly #fusedWith = new Map<DataId, Set<Prepared>>();

  /** How many plans there are. */
  get size(): number {
    let size = 0;
    for (const plans of this.#plans.values()) size += plans.size;
    return size;
  }

  /**
   * The plan of a convolution with this filter and what is fused to it (bias, slopes, norm), made by `prepare` if there is none
   * or if what is fused has changed. It is the store's: good until the store is asked again or the data goes.
   *
   * @param key pass, shapes and options.
   */
  get(
    [{ dataId: filter }, ...others]: readonly [TensorInfo, ...(TensorInfo | undefined)[]],
    key: string,
    prepare: () => Plan,
  ): Plan {
    const known = this.#plans.get(filter)?.get(key);
    if (known !== undefined) {
      if (known.fused.every((dataId, i) => dataId === others[i]?.dataId)) return known.plan;
      this.#remove(known);
      this.#unsteady.add(filter);
    }
    const fused = others.map((tensor) => tensor?.dataId);
    const prepared = { plan: prepare(), filter, key, fused };
    this.#add(prepared);
    return prepared.plan;
  }

  /**
   * The plan of a filter's gradient, which depends on no data, made by `prepare` if there is none. It is the store's: good until the
   * store is asked again.
   *
   * @param key shapes and options.
   * @param weights of the filter.
   */
  getShared(key: string, weights: number, prepare: () => FilterGradientPlan): FilterGradientPlan {
    const known = this.#shared.get(key);
    if (known !== undefined) {
      this.#shared.delete(key); // to the end
      this.#shared.set(key, known);
      return known.plan;
    }
    const prepared = { plan: prepare(), bytes: 4 * weights };
    this.#shared.set(key, prepared);
    this.#sharedBytes += prepared.bytes;
    for (const oldest of this.#shared.keys()) {
      if (this.#sharedBytes <= MOST_SHARED_BYTES || oldest === key) break;
      this.#removeShared(oldest);
    }
    return prepared.plan;
  }

  #removeShared(key: string): void {
    const { plan, bytes } = this.#shared.get(key)!;
    this.#shared.delete(key);
    this.#sharedBytes -= bytes;
    plan[Symbol.dispose]();
  }

  /** Whether what is fused with a filter stays: it was the same each time, and did not go before the filter. */
  isSteady(filter: DataId): boolean {
    return !this.#unsteady.has(filter);
  }

  /** Gives up every plan made of this data, which is gone. */
  forget(dataId: DataId): void {
    for (const prepared of [...(this.#plans.get(dataId)?.values() ?? [])]) this.#remove(prepared);
    for (const prepared of [...(this.#fusedWith.get(dataId) ?? [])]) {
      this.#remove(prepared);
      this.#unsteady.add(prepared.filter);
    }
  }

  clear(): void {
    for (const filter of [...this.#plans.keys()]) this.forget(filter);
    for (const key of [...this.#shared.keys()]) this.#removeShared(key);
  }

  #add(prepared: Prepared): void {
    const plans = this.#plans.get(prepared.filter) ?? new Map<string, Prepared>();
    if (plans.size >= SHAPES_PER_FILTER) this.#remove(plans.values().next().value!);
    this.#plans.set(prepared.filter, plans.set(prepared.key, prepared));
    for (const dataId of prepared.fused.filter((id) => id !== undefined)) {
      this.#fusedWith.set(dataId, (this.#fusedWith.get(dataId) ?? new Set()).add(prepared));
    }
  }

  /** Takes a plan out of every index and gives its memory back; one that is not there any more is left alone. */
  #remove(prepared: Prepared): void {
    const plans = this.#plans.get(prepared.filter);
    if (plans?.get(prepared.key) !== prepared) return;
    plans.delete(prepared.key);
    if (plans.size === 0) this.#plans.delete(prepared.filter);
    for (const dataId of prepared.fused.filter((id) => id !== undefined)) {
      const users = this.#fusedWith.get(dataId);
      users?.delete(prepared);
      if (users?.size === 0) this.#fusedWith.delete(dataId);
    }
    prepared.plan[Symbol.dispose]();
  }
}
