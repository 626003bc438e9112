/**
 * Puts our kernels into TensorFlow.js's WebAssembly backend, in place of its own and where it has none.
 *
 * This must work whichever of the two packages is imported first, and start nothing: so when this package is imported only one
 * kernel is registered under the backend's name, which nobody calls. TensorFlow.js calls the set-up of every kernel each time
 * the backend is chosen, after its start, with the backend itself; that of ours exchanges the kernels.
 *
 * @module
 */

import {
  Concat,
  engine,
  getKernel,
  Identity,
  type KernelBackend,
  type KernelFunc,
  Mean,
  Pack,
  PadV2,
  registerKernel,
  Slice,
  Sum,
  Tile,
  unregisterKernel,
} from "@tensorflow/tfjs-core";
import { isFloat32, OWN_KERNELS, type OwnKernel } from "../kernels/own-kernels.ts";
import { WASM_BACKEND_NAME, type WasmBackend } from "./backend.ts";
import { fetchingAll, heapConcat } from "./concat.ts";
import {
  binaryContinuationNames,
  continuationNames,
  continuing,
  continuingBinary,
  waitingPad,
} from "./continuations.ts";
import { WasmHost } from "./host.ts";
import { sharedIdentity } from "./identity.ts";
import { reducingRows } from "./reduce.ts";
import { heapSlice } from "./slice.ts";
import { heapTile } from "./tile.ts";

/** The kernel that is there for its set-up. */
const SETUP_KERNEL = "Corr2dSetup";

/** Kernels that were exchanged. Whatever a program puts in their places afterwards is left there. */
const exchanged = new Set<string>();

/** What each backend that was started is to our kernels. */
const hosts = new WeakMap<object, WasmHost>();

/** Has our kernels installed when the WebAssembly backend is chosen, or at once if it has been started. */
export function accelerateWasm(): void {
  if (getKernel(SETUP_KERNEL, WASM_BACKEND_NAME) !== undefined) return;
  registerKernel({
    kernelName: SETUP_KERNEL,
    backendName: WASM_BACKEND_NAME,
    kernelFunc: () => {
      throw new Error(`${SETUP_KERNEL}: nothing to compute; it puts the kernels of @corr2d/tfjs in their places`);
    },
    setupFunc: (backend) => install(backend as WasmBackend),
    disposeFunc: (backend) => hosts.get(backend)?.clear(),
  });
  const started = (engine() as unknown as { readonly registry: Readonly<Record<string, KernelBackend>> }).registry;
  const backend = started[WASM_BACKEND_NAME];
  if (backend !== undefined) install(backend as unknown as WasmBackend);
}

/** What the backend is to our kernels; `undefined` if they are not installed in it. */
export function wasmHostOf(backend: object): WasmHost | undefined {
  return hosts.get(backend);
}

function install(backend: WasmBackend): void {
  if (hosts.has(backend)) return;
  hosts.set(backend, new WasmHost(backend));
  for (const kernel of OWN_KERNELS.values()) {
    exchange(kernel.kernelName, (theirs) => ownOrOther(kernel as OwnKernel, theirs));
  }
  for (const name of continuationNames) {
    exchange(name, (theirs) => theirs && continuing(name, theirs, (backend) => hosts.get(backend)!));
  }
  for (const name of binaryContinuationNames) {
    exchange(name, (theirs) => theirs && continuingBinary(name, theirs, (backend) => hosts.get(backend)!));
  }
  exchange(PadV2, (theirs) => theirs && waitingPad(theirs, (backend) => hosts.get(backend)!));
  exchange(Concat, (theirs) => theirs && heapConcat(theirs));
  exchange(Pack, (theirs) => theirs && fetchingAll(theirs));
  exchange(Sum, (theirs) => theirs && reducingRows(theirs, "sum"));
  exchange(Mean, (theirs) => theirs && reducingRows(theirs, "mean"));
  exchange(Tile, (theirs) => theirs && heapTile(theirs));
  exchange(Slice, (theirs) => theirs && heapSlice(theirs));
  exchange(Identity, (theirs) => theirs && sharedIdentity(theirs));
}

/** Registers what `make` makes of the kernel that is there, once. */
function exchange(kernelName: string, make: (theirs: KernelFunc | undefined) => KernelFunc | undefined): void {
  if (exchanged.has(kernelName)) return;
  const theirs = getKernel(kernelName, WASM_BACKEND_NAME);
  const kernelFunc = make(theirs?.kernelFunc);
  if (kernelFunc === undefined) return;
  exchanged.add(kernelName);
  if (theirs) unregisterKernel(kernelName, WASM_BACKEND_NAME);
  registerKernel({ ...theirs, kernelName, backendName: WASM_BACKEND_NAME, kernelFunc });
}

/** Our kernel where it can, else the backend's own, or the cpu backend's. */
function ownOrOther(kernel: OwnKernel, theirs: KernelFunc | undefined): KernelFunc {
  return (args) => {
    const { inputs, backend, attrs = {} } = args;
    const host = hosts.get(backend)!;
    const result = isFloat32(inputs) ? kernel.compute({ inputs, host, attrs }) : undefined;
    if (result !== undefined) return result;
    return kernel.otherwise === "backend" && theirs ? theirs(args) : host.runOnCpu(kernel.kernelName, inputs, attrs);
  };
}
