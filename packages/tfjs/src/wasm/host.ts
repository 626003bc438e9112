/**
 * The WebAssembly backend as a host: tensors are views of its heap. The heap grows when a tensor is made, or moved here from
 * another backend, and a view from before is detached then: so every tensor is fetched and the result is made before any
 * view is taken.
 *
 * @module
 */

import { addActivated, type FusedActivation, type LodgingMemory, plannerIn } from "@corr2d/core/internals";
import {
  engine,
  getKernel,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  Prelu,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import { type Forward, planForward } from "../compute.ts";
import type { Compute, Host, ValuesOf } from "../host.ts";
import { PlanStore } from "../plans.ts";
import { WASM_BACKEND_NAME, type WasmBackend } from "./backend.ts";
import { CpuKernels } from "./cpu-kernels.ts";
import {
  type Continued,
  DeferredResults,
  inputsOf,
  isForward,
  isSum,
  type Pad,
  type Step,
  type Sum,
} from "./deferred.ts";

export class WasmHost implements Host {
  readonly plans: PlanStore = new PlanStore();
  readonly #backend: WasmBackend;
  readonly #cpu: CpuKernels;
  /** Whether plans compute where tensors lie. */
  readonly #isLodged: boolean;
  readonly #deferred: DeferredResults;

  /** From now on plans go with the data of `backend`, and convolutions wait. */
  constructor(backend: WasmBackend) {
    this.#backend = backend;
    this.#isLodged = heapOf(backend) !== undefined;
    this.prepare = plannerInHeap(backend);
    this.#cpu = new CpuKernels(backend);
    this.#deferred = new DeferredResults(backend, (step, result) => this.#compute(step, result));
    const disposeData = backend.disposeData.bind(backend);
    backend.disposeData = (dataId, force) => {
      const gone = disposeData(dataId, force);
      if (gone) this.plans.forget(dataId);
      return gone;
    };
  }

  /** Gives up what was prepared and what was not computed yet. */
  clear(): void {
    this.#deferred.clear();
    this.plans.clear();
  }

  readonly defer = (step: Forward): TensorInfo => this.#deferred.defer(step);

  /** The result of what a convolution or a sum that `tensor` waits for continues with, if it does and can. */
  continueStep(tensor: TensorInfo, next: (step: Continued) => Continued | undefined): TensorInfo | undefined {
    const step = this.#deferred.stepOf(tensor);
    const following = step && next(step);
    return following && this.#deferred.continue(tensor, following);
  }

  /** Images in a frame of zeros, `shape` with it. */
  pad(step: Pad, shape: readonly number[]): TensorInfo {
    return this.#deferred.pad(step, shape);
  }

  /**
   * Two tensors of float32 and one shape, added; `undefined` where the backend should do it: where its heap cannot be had, while
   * gradients are recorded, and if neither is a convolution that waited. (A variable may be assigned what an optimizer adds, and
   * would keep its old values until it is read.)
   */
  add(x: TensorInfo, summand: TensorInfo): TensorInfo | undefined {
    if (!this.#isLodged || engine().state.gradientDepth > 0) return undefined;
    const isBehind = [x, summand].some((tensor) => this.#deferred.stepOf(tensor) !== undefined);
    return isBehind ? this.#deferred.add({ x, summand }) : undefined;
  }

  floats(tensors: readonly TensorInfo[]): Float32Array[] {
    this.#fetch(tensors);
    return tensors.map((tensor) => this.#view(tensor));
  }

  output<const Inputs extends readonly TensorInfo[]>(
    shape: readonly number[],
    inputs: Inputs,
    prepare: () => Compute<Inputs>,
  ): TensorInfo {
    this.#fetch(inputs);
    const compute = prepare();
    const result = this.#backend.makeOutput([...shape], "float32");
    try {
      const values = inputs.map((tensor) => this.#view(tensor)) as ValuesOf<Inputs>;
      compute(this.#view(result), ...values);
    } catch (error) {
      this.discard(result);
      throw error;
    }
    return result;
  }

  readonly prepare: <T>(make: () => T) => T;

  run(kernelName: string, inputs: NamedTensorInfoMap, attrs: NamedAttrMap = {}): TensorInfo {
    // The backend's Prelu takes slopes for one to a channel, or one for all, whatever their shape.
    const kernel = getKernel(kernelName, WASM_BACKEND_NAME);
    if (kernel === undefined || kernelName === Prelu) return this.runOnCpu(kernelName, inputs, attrs);
    return kernel.kernelFunc({ inputs, attrs, backend: this.#backend }) as TensorInfo;
  }

  /** Runs a kernel of the cpu backend, on copies of the inputs. */
  runOnCpu(kernelName: string, inputs: NamedTensorInfoMap, attrs: NamedAttrMap): TensorInfo {
    return this.#cpu.run(kernelName, inputs, attrs);
  }

  discard({ dataId }: TensorInfo): void {
    this.#backend.disposeData(dataId);
  }

  #compute(step: Step, result: TensorInfo): void {
    const plan = isForward(step) ? planForward(this, step) : undefined;
    const inputs = inputsOf(step);
    this.#fetch(inputs);
    const [x, summand] = inputs.map((tensor) => this.#view(tensor)) as [Float32Array, Float32Array | undefined];
    const y = this.#view(result);
    if (plan) plan.run(x, y);
    else if (isSum(step)) this.prepare(() => addActivated(x, summand!, y, fusedActivation(step)));
    else frame(step as Pad, x, y);
  }

  #fetch(tensors: readonly TensorInfo[]): void {
    for (const { dataId } of tensors) this.#backend.dataIdMap.get(dataId);
  }

  #view(tensor: TensorInfo): Float32Array {
    const values = this.#backend.typedArrayFromHeap(tensor);
    return values instanceof Float32Array ? values : Float32Array.from(values);
  }
}

/** Lets plans compute in the heap of a backend. */
function plannerInHeap(backend: WasmBackend): <T>(make: () => T) => T {
  const memory = heapOf(backend);
  if (memory === undefined) return (make) => make();
  const { wasm } = backend;
  const allocate = (bytes: number): number => wasm._malloc(bytes) >>> 0;
  return plannerIn({ memory, allocate, free: (address) => wasm._free(address) });
}

/** The memory that tensors lie in, if it is to be had. */
function heapOf({ wasm }: WasmBackend): LodgingMemory["memory"] | undefined {
  return wasm.asm?.memory ?? wasm.wasmMemory;
}

/** The activation of a sum, in core's words; there is none but those that continue it. */
function fusedActivation({ activation, slope = 0 }: Sum): FusedActivation | undefined {
  return activation && ({ name: activation, slope: Math.fround(slope) } as FusedActivation);
}

/** Writes images, framed with zeros, to `y`. */
function frame({ x, padding: [rows, columns] }: Pad, from: Float32Array, y: Float32Array): void {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [length, padded] = [width * channels, (columns![0] + width + columns![1]) * channels];
  y.fill(0);
  let at = 0;
  for (let n = 0; n < batch; n++) {
    at += rows![0] * padded;
    for (let row = 0; row < height; row++, at += padded) {
      const begin = (n * height + row) * length;
      y.set(from.subarray(begin, begin + length), at + columns![0] * channels);
    }
    at += rows![1] * padded;
  }
}
