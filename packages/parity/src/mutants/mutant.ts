/**
 * What a mutant is: an implementation that is right but for one mistake. How it comes to what is right is the reference's
 * business, so that thousands of large cases can be put to it.
 *
 * @module
 */

import {
  type CaseData,
  type CasePass,
  outputShapeOf,
  rankOf,
  reference,
  resolveCase,
  type SpatialCase,
  sizeOf,
  termsOf,
} from "@corr2d/testkit";
import { type ConvAdapter, FULL_REACH, type Reach, USUAL_REACH } from "../adapter.ts";
import { direct, type Joints } from "./direct.ts";

/** Where mistakes lie. */
export type MutantKind = "slip" | "option" | "size" | "value" | "memory";

/** An implementation with one mistake. */
export interface Mutant {
  readonly id: string;
  readonly what: string;
  readonly kind: MutantKind;
  /** Whether it can differ from what is right here; elsewhere it need not be asked. Default: everywhere. */
  concerns?(convCase: SpatialCase, pass: CasePass): boolean;
  /** The implementation, as a process that has just begun has it. */
  make(): ConvAdapter;
}

/** A question with the right answer, for a mistake to change. */
export interface Asked {
  readonly convCase: SpatialCase;
  readonly pass: CasePass;
  readonly data: CaseData;
  readonly sizes: CaseSizes;
}

/** What the blocks of implementations are about. */
export interface CaseSizes {
  readonly batch: number;
  /** The last spatial axis of the image. */
  readonly width: number;
  /** The largest axis of the kernel. */
  readonly kernel: number;
  readonly taps: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly groups: number;
  readonly depthwise: boolean;
  readonly stride: number;
  readonly strides: readonly number[];
  readonly dilation: number;
  readonly dilated: boolean;
  /** The first spatial axis of the image. */
  readonly height: number;
  /** Cells of each axis of the output. */
  readonly outputs: readonly number[];
  /** Output cells of all images. */
  readonly cells: number;
  /** Of the largest array. */
  readonly elements: number;
  /** Whether the image is the kernel's size. */
  readonly kernelIsImage: boolean;
  /** Whether some axis is padded by as much as its kernel covers. */
  readonly padsPastKernel: boolean;
  /** Products of an element of the pass. */
  readonly terms: number;
}

/** The sizes of a case. */
export function sizesOf(convCase: SpatialCase, pass: CasePass): CaseSizes {
  const { inputShape, filterShape, strides, dilations, groups } = convCase;
  const kernels = filterShape.slice(0, -2);
  const inChannels = inputShape.at(-1)!;
  const outputShape = outputShapeOf(convCase);
  const { depth, height, width } = resolveCase(convCase);
  const axes = [depth, height, width].slice(-rankOf(convCase));
  return {
    batch: inputShape[0]!,
    width: inputShape.at(-2)!,
    kernel: Math.max(...kernels),
    taps: kernels.reduce((product, size) => product * size, 1),
    inChannels,
    outChannels: filterShape.at(-1)!,
    groups,
    depthwise: groups > 1 && groups === inChannels,
    stride: Math.max(...strides),
    strides,
    dilation: Math.max(...dilations),
    height: inputShape[1]!,
    outputs: outputShape.slice(1, -1),
    cells: sizeOf(outputShape.slice(0, -1)),
    elements: Math.max(...[inputShape, filterShape, outputShape].map(sizeOf)),
    kernelIsImage: axes.every(({ kernel, input }) => kernel === input),
    padsPastKernel: axes.some((axis) => axis.before >= (axis.kernel - 1) * axis.dilation + 1),
    dilated: dilations.some((dilation) => dilation > 1),
    terms: termsOf(convCase, pass),
  };
}

/** What is right, in float32. */
export function right(convCase: SpatialCase, pass: CasePass, data: CaseData): Float32Array {
  return Float32Array.from(reference(convCase, pass, data));
}

/** An implementation that is a function. */
export function adapterOf(
  name: string,
  compute: (convCase: SpatialCase, pass: CasePass, data: CaseData) => Float32Array,
  reach: Reach = USUAL_REACH,
): ConvAdapter {
  return {
    name,
    version: "1",
    threads: 1,
    reach,
    supports: () => true,
    prepare(convCase, pass, data) {
      let result: Float32Array = new Float32Array();
      return {
        run() {
          result = compute(convCase, pass, data);
        },
        read: () => result,
        dispose() {},
      };
    },
  };
}

/** Loops with a mistake. They are asked about everything, since many are about axes, layouts and rounding. */
export function ofJoints(id: string, what: string, joints: Joints, kind: MutantKind = "slip"): Mutant {
  const make = (): ConvAdapter =>
    adapterOf(id, (convCase, pass, data) => direct(convCase, pass, data, joints), FULL_REACH);
  return { id, what, kind, make };
}

/** A right result that is changed where something is the case; of images, unless another reach is given. */
export function ofResult(
  about: Pick<Mutant, "id" | "what" | "kind">,
  change: (result: Float32Array, asked: Asked) => Float32Array,
  applies: (sizes: CaseSizes, convCase: SpatialCase, pass: CasePass) => boolean = () => true,
  reach: Reach = USUAL_REACH,
): Mutant {
  const concerns = (convCase: SpatialCase, pass: CasePass): boolean =>
    reach.ranks.includes(rankOf(convCase)) && applies(sizesOf(convCase, pass), convCase, pass);
  return {
    ...about,
    concerns,
    make: () =>
      adapterOf(
        about.id,
        (convCase, pass, data) => {
          const result = right(convCase, pass, data);
          const isWrong = concerns(convCase, pass) && result.length > 0;
          return isWrong ? change(result, { convCase, pass, data, sizes: sizesOf(convCase, pass) }) : result;
        },
        reach,
      ),
  };
}

/** An implementation that computes rightly from other values. */
export function ofData(
  about: Pick<Mutant, "id" | "what" | "kind">,
  change: (data: CaseData, asked: Omit<Asked, "data">) => CaseData,
  applies?: (sizes: CaseSizes, convCase: SpatialCase, pass: CasePass) => boolean,
): Mutant {
  return ofResult(about, (_, { data, ...asked }) => right(asked.convCase, asked.pass, change(data, asked)), applies);
}
