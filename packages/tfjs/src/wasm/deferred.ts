/**
 * Convolutions that wait. TensorFlow.js asks for one operation at a time: a convolution, then batch norm of its output, then an
 * activation, each a pass over memory. So the result of a convolution is a tensor like any other but that nothing has been
 * computed of it. A norm or an activation of it that follows is another such tensor, of the same input and with more to do; and
 * when values of a tensor are asked for, by any kernel or by the program, one run of core computes them. What was only the input
 * of a norm is never computed.
 *
 * Every access of the WebAssembly backend to a tensor is a lookup in its `dataIdMap`, which is where values are "asked for". An
 * input that is disposed of while a result still waits for it is kept, under a name of our own, until the result is there.
 *
 * @module
 */

import { type DataId, engine, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { Forward } from "../compute.ts";
import { withPadding } from "../convolution.ts";
import type { WasmBackend } from "./backend.ts";

/** Zeros around the rows and columns of channels-last images: a part of the convolution that follows. */
export interface Pad {
  readonly x: TensorInfo;
  /** Before and after, of rows and of columns. */
  readonly padding: readonly (readonly [before: number, after: number])[];
}

/** Two tensors of one shape, added and activated: what residual networks do between convolutions. */
export interface Sum extends Pick<Forward, "x" | "activation" | "slope"> {
  readonly summand: TensorInfo;
}

/** What can wait. */
export type Step = Forward | Pad | Sum;

/** What may continue: its values are another's, once that is computed. */
export type Continued = Forward | Sum;

export const isForward = (step: Step): step is Forward => "filter" in step;
export const isSum = (step: Step): step is Sum => "summand" in step;
const isPad = (step: Step): step is Pad => "padding" in step;

/** A result that has not been computed. */
interface Waiting {
  readonly result: TensorInfo;
  step: Step;
  /** Whether another result was made of this one, which will not use its values. */
  continued: boolean;
}

export class DeferredResults {
  readonly #backend: WasmBackend;
  /** Computes a step into a tensor that was made for it. */
  readonly #compute: (step: Step, result: TensorInfo) => void;
  /** By the data of their results. They are few at a time, so who needs some data is found by looking through them. */
  readonly #waiting = new Map<DataId, Waiting>();
  /** Those that are being computed; what they need may be others' results. */
  readonly #finishing = new Set<Waiting>();
  /** Filters whose convolution was continued, and then asked for all the same: it would be computed twice every time. */
  readonly #branching = new WeakSet<DataId>();

  constructor(backend: WasmBackend, compute: (step: Step, result: TensorInfo) => void) {
    this.#backend = backend;
    this.#compute = compute;
    const { dataIdMap } = backend;
    const get = dataIdMap.get.bind(dataIdMap);
    let isTouched = true;
    dataIdMap.get = (dataId) => {
      const waiting = isTouched ? this.#waiting.get(dataId) : undefined;
      if (waiting !== undefined) this.#finish(waiting);
      return get(dataId);
    };
    /** Calls what looks a tensor up, but not for its values. */
    const untouched = <T>(call: () => T): T => {
      const before = isTouched;
      isTouched = false;
      try {
        return call();
      } finally {
        isTouched = before;
      }
    };
    const { incRef, refCount, disposeData } = backend;
    backend.incRef = (dataId) => untouched(() => incRef.call(backend, dataId));
    backend.refCount = (dataId) => untouched(() => refCount.call(backend, dataId));
    backend.disposeData = (dataId, force = false) => {
      if (!dataIdMap.has(dataId)) return disposeData.call(backend, dataId, force);
      const isLast = force || backend.refCount(dataId) <= 1;
      if (isLast && this.#keepForOthers(dataId)) return true;
      const gone = untouched(() => disposeData.call(backend, dataId, force));
      const waiting = gone ? this.#waiting.get(dataId) : undefined;
      if (waiting !== undefined) this.#forget(waiting);
      return gone;
    };
  }

  /** A tensor of what a convolution will give. */
  defer(step: Forward): TensorInfo {
    return this.#make(this.#withPad(step), step.convolution.outputShape);
  }

  /** A tensor of images in a frame of zeros. */
  pad(step: Pad, shape: readonly number[]): TensorInfo {
    return this.#make(step, shape);
  }

  /** A tensor of two that are added. */
  add(step: Sum): TensorInfo {
    return this.#make(step, step.x.shape);
  }

  /** While a gradient is recorded, which keeps every tensor, it is computed at once. */
  #make(step: Step, shape: readonly number[]): TensorInfo {
    // What its inputs are, is known now that they are used: nothing will be added to them, and no chain of inputs must be kept.
    for (const { dataId } of inputsOf(step)) this.#backend.dataIdMap.get(dataId);
    const result = this.#backend.makeOutput([...shape], "float32");
    if (engine().state.gradientDepth > 0 || (isForward(step) && this.#branching.has(step.filter.dataId))) {
      this.#compute(step, result);
      return result;
    }
    const waiting: Waiting = { result, step: asItIs(step), continued: false };
    this.#waiting.set(result.dataId, waiting);
    return result;
  }

  /** The convolution of what its input is padded from, if that waits. */
  #withPad(step: Forward): Forward {
    const pad = this.#stepOf(step.x);
    if (pad === undefined || !isPad(pad)) return step;
    const convolution = withPadding(step.convolution, pad.padding);
    return convolution ? { ...step, x: pad.x, convolution } : step;
  }

  /** The convolution or sum that a tensor waits for; `undefined` if it does not wait for one, or not in this shape. */
  stepOf(tensor: TensorInfo): Continued | undefined {
    const step = this.#stepOf(tensor);
    return step && (isForward(step) || isSum(step)) ? step : undefined;
  }

  #stepOf({ dataId, shape }: TensorInfo): Step | undefined {
    const waiting = this.#waiting.get(dataId);
    return waiting && util.arraysEqual(shape, waiting.result.shape) ? waiting.step : undefined;
  }

  /** A tensor of a step that does more than the one that `before` waits for. */
  continue(before: TensorInfo, step: Continued): TensorInfo {
    this.#waiting.get(before.dataId)!.continued = true;
    return isForward(step) ? this.defer(step) : this.add(step);
  }

  /** Forgets everything, without computing it. */
  clear(): void {
    this.#waiting.clear();
  }

  #finish(waiting: Waiting): void {
    if (waiting.continued && isForward(waiting.step)) this.#branching.add(waiting.step.filter.dataId);
    // First, since computing asks for tensors, this one among them.
    const { dataId } = waiting.result;
    this.#waiting.delete(dataId);
    this.#finishing.add(waiting);
    try {
      this.#compute(waiting.step, waiting.result);
    } catch (error) {
      this.#waiting.set(dataId, waiting);
      throw error;
    } finally {
      this.#finishing.delete(waiting);
    }
    this.#forget(waiting);
  }

  #forget(waiting: Waiting): void {
    this.#waiting.delete(waiting.result.dataId);
    for (const { dataId } of inputsOf(waiting.step)) {
      const isKept = dataId instanceof KeptId && this.#backend.dataIdMap.has(dataId);
      if (isKept && this.#needing(dataId).length === 0) this.#backend.disposeData(dataId, true);
    }
  }

  /** Results that need some data yet. */
  #needing(dataId: DataId): readonly Waiting[] {
    const found: Waiting[] = [];
    for (const waiting of this.#waiting.values()) if (needs(waiting.step, dataId)) found.push(waiting);
    for (const waiting of this.#finishing) if (needs(waiting.step, dataId)) found.push(waiting);
    return found;
  }

  /** Data is about to go that results wait for: if it is their input it is kept for them, under another name. */
  #keepForOthers(dataId: DataId): boolean {
    if (dataId instanceof KeptId) return false;
    const others = this.#needing(dataId);
    if (others.length === 0) return false;
    const isInput = others.every(({ step }) => !isParameter(step, dataId));
    if (!isInput) {
      for (const waiting of others) this.#finish(waiting);
      return false;
    }
    const { dataIdMap } = this.#backend;
    const kept = new KeptId();
    dataIdMap.set(kept, dataIdMap.get(dataId));
    dataIdMap.delete(dataId);
    const named = (tensor: TensorInfo): TensorInfo => (tensor.dataId === dataId ? { ...tensor, dataId: kept } : tensor);
    for (const waiting of others) waiting.step = withInputs(waiting.step, named);
    return true;
  }
}

/** The name of data that its program has disposed of. */
class KeptId {}

function needs(step: Step, dataId: DataId): boolean {
  return step.x.dataId === dataId || (isSum(step) && step.summand.dataId === dataId) || isParameter(step, dataId);
}

/** What a step computes with, but for parameters. */
export function inputsOf(step: Step): readonly TensorInfo[] {
  return isSum(step) ? [step.x, step.summand] : [step.x];
}

function withInputs<S extends Step>(step: S, named: (tensor: TensorInfo) => TensorInfo): S {
  return { ...step, x: named(step.x), ...(isSum(step) && { summand: named(step.summand) }) };
}

/** Asked of everything that waits whenever data goes, so it makes no list of the parameters. */
function isParameter(step: Step, dataId: DataId): boolean {
  if (!isForward(step)) return false;
  const { filter, bias, slopes, norm } = step;
  return (
    filter.dataId === dataId ||
    bias?.dataId === dataId ||
    slopes?.dataId === dataId ||
    norm?.mean?.dataId === dataId ||
    norm?.variance?.dataId === dataId ||
    norm?.offset?.dataId === dataId ||
    norm?.scale?.dataId === dataId
  );
}

/** The step with its tensors as they are now: a variable gets other data when it is assigned to. */
function asItIs(step: Step): Step {
  const info = ({ dataId, shape, dtype }: TensorInfo): TensorInfo => ({ dataId, shape, dtype });
  if (!isForward(step)) return withInputs(step, info);
  const { x, filter, bias, slopes, norm } = step;
  return {
    ...step,
    x: info(x),
    filter: info(filter),
    bias: bias && info(bias),
    slopes: slopes && info(slopes),
    norm: norm && {
      mean: norm.mean && info(norm.mean),
      variance: norm.variance && info(norm.variance),
      offset: norm.offset && info(norm.offset),
      scale: norm.scale && info(norm.scale),
      epsilon: norm.epsilon,
    },
  };
}
