/**
 * An implementation as somebody would have it checked: core's, behind the dozen lines that the check asks for.
 *
 * @module
 */

import { conv2d, tensor } from "@corr2d/core";
import type { ConvModule, ModulePass } from "@corr2d/parity";

export const supports: ConvModule["supports"] = ({ groups }) => groups === 1 || "no groups";

export const forward: ModulePass = ({ inputShape, filterShape, strides, dilations, pads }, { x, filter, bias }) =>
  conv2d(tensor(inputShape as Shape, x), tensor(filterShape as Shape, filter), {
    strides: strides as Pair,
    dilations: dilations as Pair,
    padding: pads as [Pair, Pair],
    bias,
  }).data;

type Pair = [number, number];
type Shape = [number, number, number, number];
