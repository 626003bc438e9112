/**
 * What every convolution obeys, whatever its values, told without knowing the right result of any: an implementation is
 * held against itself. f is the forward pass without bias, all sums are of small integers, so equality is the test
 * wherever the implementation promises a bound for each element.
 *
 *     linearity        f(2x + 3x′) = 2 f(x) + 3 f(x′), and the same in the filter
 *     shift            the output of an image moved by one stride is the output moved by one cell
 *     flip             f(flip x, flip w) = flip f(x, w), the padding flipped too
 *     adjoint          ⟨dy, f(x)⟩ = ⟨∂x, x⟩ = ⟨∂w, w⟩
 *     block diagonal   groups are one convolution whose filter is zero between groups
 *     matmul           a convolution of one tap is a matrix product over the channels of every cell
 *
 * Source of the method: T. Y. Chen et al., "Metamorphic testing: a review of challenges and opportunities", ACM Comput.
 * Surv. 51(1), 2018.
 *
 * @module
 */

import {
  type CaseData,
  type CasePass,
  exactData,
  fromChannelsLast,
  outputShapeOf,
  rankOf,
  resolveCase,
  type SpatialCase,
  sizeOf,
  toChannelsLast,
} from "@corr2d/testkit";
import { isPossible } from "../generate/problem.ts";
import { add, dot, flipSpatial, grow, slice, zerosLike } from "./arrays.ts";

/** One call of the implementation. */
export interface Call {
  readonly convCase: SpatialCase;
  readonly pass: CasePass;
  readonly data: CaseData;
}

/** Two numbers of a law that must be equal, for each element, made of the results of its calls. */
export interface Sides {
  readonly left: ArrayLike<number>;
  readonly right: ArrayLike<number>;
}

/** A law, instantiated for a case: what has to be called, and what must be equal then. */
export interface LawInstance {
  readonly calls: readonly Call[];
  /** `results` are those of the calls; `bounds` too, when the error of each side is wanted. */
  sides(results: readonly ArrayLike<number>[]): Sides;
  /** How far apart the sides may be, from the bound of each call's elements: the same sums over magnitudes. */
  allowance(bounds: readonly ArrayLike<number>[]): ArrayLike<number>;
}

/** A law. */
export interface Law {
  readonly id: string;
  readonly statement: string;
  /** The law about a case, or why it says nothing about it. */
  about(convCase: SpatialCase, seed: number): LawInstance | string;
}

/** The laws. */
export const LAWS: readonly Law[] = [
  {
    id: "linearity",
    statement: "f(2x + 3x′, w) = 2 f(x, w) + 3 f(x′, w), and f(x, 2w + 3w′) = 2 f(x, w) + 3 f(x, w′)",
    about(given, seed) {
      const convCase = withoutBias(given);
      const [a, b] = [exactData(convCase, seed), exactData(convCase, seed + 1)];
      const combine = (left: ArrayLike<number>, right: ArrayLike<number>): Float32Array =>
        Float32Array.from(left, (value, i) => 2 * value + 3 * right[i]);
      const forward = (data: CaseData): Call => ({ convCase, pass: "forward", data });
      const calls = [
        forward(a),
        forward({ ...a, x: b.x }),
        forward({ ...a, x: combine(a.x, b.x) }),
        forward({ ...a, filter: b.filter }),
        forward({ ...a, filter: combine(a.filter, b.filter) }),
      ];
      const sum = (sign: 1 | -1) => (of: readonly ArrayLike<number>[]) => [
        ...Array.from(of[2], (value, i) => value + sign * (2 * of[0][i] + 3 * of[1][i])),
        ...Array.from(of[4], (value, i) => value + sign * (2 * of[0][i] + 3 * of[3][i])),
      ];
      return { calls, sides: (of) => ({ left: sum(-1)(of), right: zerosLike(sum(-1)(of)) }), allowance: sum(1) };
    },
  },
  {
    id: "shift",
    statement: "moving the image by one stride moves the output by one cell",
    about(given, seed) {
      const convCase = withoutBias({ ...given, padding: "valid", rounding: "floor" });
      const axis = 0;
      // One stride more of the image, of which either end is cut off.
      const stride = convCase.strides[axis];
      const longer = { ...convCase, inputShape: grow(convCase.inputShape, axis + 1, stride) };
      if (!isPossible(convCase)) return "without padding the kernel does not fit";
      const data = exactData(longer, seed);
      const cut = (first: number): Float32Array =>
        fromChannelsLast(
          slice(
            toChannelsLast(data.x, longer, "inputGradient"),
            longer.inputShape,
            axis + 1,
            first,
            convCase.inputShape[axis + 1],
          ),
          convCase,
          "inputGradient",
        );
      const outputs = outputShapeOf(convCase);
      const cells = outputs[axis + 1] - 1;
      if (cells < 1) return "there is one output cell, and nothing left of it when it moves";
      const calls = [0, stride].map((first): Call => ({ convCase, pass: "forward", data: { ...data, x: cut(first) } }));
      const common = (result: ArrayLike<number>, first: number): Float64Array =>
        slice(toChannelsLast(Float64Array.from(result), convCase, "forward"), outputs, axis + 1, first, cells);
      return {
        calls,
        sides: ([still, moved]) => ({ left: common(still, 1), right: common(moved, 0) }),
        allowance: ([still, moved]) => add(common(still, 1), common(moved, 0)),
      };
    },
  },
  {
    id: "flip",
    statement: "f(flip x, flip w) = flip f(x, w), with the padding flipped too",
    about(given, seed) {
      const resolved = resolveCase(withoutBias(given));
      const axes = [resolved.depth, resolved.height, resolved.width].slice(-rankOf(given));
      // As many cells after the image as the last output needs: flipped, the outputs meet the same cells.
      const padding = axes.map(({ input, kernel, output, stride, dilation, before }) => {
        const after = (output - 1) * stride + (kernel - 1) * dilation + 1 - before - input;
        return [before, after] as const;
      });
      if (padding.some(([, after]) => after < 0))
        return "the last cells of the image are not seen, flipped they would be the first";
      const convCase: SpatialCase = { ...withoutBias(given), padding, rounding: "floor" };
      const flipped: SpatialCase = { ...convCase, padding: padding.map(([before, after]) => [after, before] as const) };
      const data = exactData(convCase, seed);
      const { inputShape, filterShape } = convCase;
      const x = fromChannelsLast(
        flipSpatial(toChannelsLast(data.x, convCase, "inputGradient"), inputShape.slice(0, 1), inputShape.slice(1, -1)),
        convCase,
        "inputGradient",
      );
      const filter = flipSpatial(data.filter, [], filterShape.slice(0, -2));
      const outputs = outputShapeOf(convCase);
      const flipOutput = (result: ArrayLike<number>): Float64Array =>
        flipSpatial(
          toChannelsLast(Float64Array.from(result), convCase, "forward"),
          outputs.slice(0, 1),
          outputs.slice(1, -1),
        );
      const asLast = (result: ArrayLike<number>) => toChannelsLast(Float64Array.from(result), convCase, "forward");
      return {
        calls: [
          { convCase, pass: "forward", data },
          { convCase: flipped, pass: "forward", data: { ...data, x, filter } },
        ],
        sides: ([plain, turned]) => ({ left: asLast(turned), right: flipOutput(plain) }),
        allowance: ([plain, turned]) => add(asLast(turned), flipOutput(plain)),
      };
    },
  },
  {
    id: "adjoint",
    statement: "⟨dy, f(x, w)⟩ = ⟨∂x, x⟩ = ⟨∂w, w⟩",
    about(given, seed) {
      const convCase = withoutBias(given);
      const data = exactData(convCase, seed);
      const passes = ["forward", "inputGradient", "filterGradient"] as const;
      const products = ([y, dx, dw]: readonly ArrayLike<number>[], of: (value: number) => number) => {
        const inner = [dot(data.dy, y, of), dot(data.x, dx, of), dot(data.filter, dw, of)];
        return { left: [inner[0], inner[0]], right: [inner[1], inner[2]] };
      };
      return {
        calls: passes.map((pass) => ({ convCase, pass, data })),
        sides: (results) => products(results, (value) => value),
        allowance(bounds) {
          const { left, right } = products(bounds, Math.abs);
          return add(left, right);
        },
      };
    },
  },
  {
    id: "block-diagonal",
    statement: "a grouped convolution is one whose filter is zero between groups",
    about(given, seed) {
      if (given.groups === 1) return "there is one group";
      const convCase = withoutBias(given);
      const data = exactData(convCase, seed);
      const { filterShape, groups, inputShape } = convCase;
      const [depth, outChannels] = filterShape.slice(-2);
      const inChannels = inputShape[inputShape.length - 1];
      const taps = sizeOf(filterShape.slice(0, -2));
      const dense = new Float32Array(taps * inChannels * outChannels);
      for (let i = 0; i < data.filter.length; i++) {
        const [o, c, tap] = [
          i % outChannels,
          Math.floor(i / outChannels) % depth,
          Math.floor(i / (outChannels * depth)),
        ];
        const group = Math.floor(o / (outChannels / groups));
        dense[(tap * inChannels + group * depth + c) * outChannels + o] = data.filter[i];
      }
      const denseCase = { ...convCase, groups: 1, filterShape: [...filterShape.slice(0, -2), inChannels, outChannels] };
      return {
        calls: [
          { convCase, pass: "forward", data },
          { convCase: denseCase, pass: "forward", data: { ...data, filter: dense } },
        ],
        sides: ([grouped, whole]) => ({ left: grouped, right: whole }),
        allowance: ([grouped, whole]) => add(grouped, whole),
      };
    },
  },
  {
    id: "matmul",
    statement: "a convolution of one tap without padding is a matrix product over the channels of every cell",
    about(given, seed) {
      if (given.groups !== 1) return "there are groups";
      const rank = rankOf(given);
      const channels = given.filterShape.slice(rank);
      const ones = Array.from({ length: rank }, () => 1);
      const usual = { ...withoutBias(given), padding: "valid", strides: ones, dilations: ones } as const;
      const convCase: SpatialCase = { ...usual, filterShape: [...ones, ...channels] };
      const data = exactData(convCase, seed);
      const [depth, outChannels] = channels;
      const product = (results: readonly ArrayLike<number>[]): Sides => {
        const x = toChannelsLast(Float64Array.from(data.x), convCase, "inputGradient");
        const right = Float64Array.from({ length: results[0].length }, (_, i) => {
          const [cell, o] = [Math.floor(i / outChannels), i % outChannels];
          let sum = 0;
          for (let c = 0; c < depth; c++) sum += x[cell * depth + c] * data.filter[c * outChannels + o];
          return sum;
        });
        return { left: toChannelsLast(Float64Array.from(results[0]), convCase, "forward"), right };
      };
      return {
        calls: [{ convCase, pass: "forward", data }],
        sides: product,
        allowance: ([bounds]) => toChannelsLast(Float64Array.from(bounds), convCase, "forward"),
      };
    },
  },
];

function withoutBias(convCase: SpatialCase): SpatialCase {
  return { ...convCase, bias: false };
}
