/**
 * The smallest ONNX model that is a convolution: one `Conv` node, its weights as initializers, its input x the only
 * thing to be fed. ONNX has channels first: activations [batch, channels, height, width], weights
 * [outChannels, inChannels / groups, kernelHeight, kernelWidth], pads [top, left, bottom, right].
 *
 * Source: the ONNX operator specification, Conv-11 (opset 13, IR version 8).
 *
 * @module
 */

import { type ConvCase, resolveCase } from "@corr2d/testkit";
import onnxProto from "onnx-proto";

const { AttributeProto, ModelProto, TensorProto } = onnxProto.onnx;

const OPSET_VERSION = 13;
const IR_VERSION = 8;

/** Names of the model's input and output. */
export const MODEL_INPUT = "x";
export const MODEL_OUTPUT = "y";

/**
 * Serialises the model of one convolution.
 *
 * @param filter weights in OIHW.
 */
export function encodeConvModel(convCase: ConvCase, filter: Float32Array, bias: Float32Array | undefined): Uint8Array {
  const { batch, height, width, inChannels, outChannels, groups, groupInChannels } = resolveCase(convCase);
  const initializers = [
    floatTensor("w", [outChannels, groupInChannels, height.kernel, width.kernel], filter),
    ...(bias === undefined ? [] : [floatTensor("b", [outChannels], bias)]),
  ];
  return ModelProto.encode({
    irVersion: IR_VERSION,
    opsetImport: [{ domain: "", version: OPSET_VERSION }],
    graph: {
      name: "convolution",
      node: [
        {
          opType: "Conv",
          input: [MODEL_INPUT, ...initializers.map(({ name }) => name)],
          output: [MODEL_OUTPUT],
          attribute: [
            integers("strides", [height.stride, width.stride]),
            integers("dilations", [height.dilation, width.dilation]),
            integers("pads", [height.before, width.before, height.after, width.after]),
            { name: "group", type: AttributeProto.AttributeType.INT, i: groups },
          ],
        },
      ],
      initializer: initializers,
      input: [floatValue(MODEL_INPUT, [batch, inChannels, height.input, width.input])],
      output: [floatValue(MODEL_OUTPUT, [batch, outChannels, height.output, width.output])],
    },
  }).finish();
}

function integers(name: string, ints: number[]) {
  return { name, type: AttributeProto.AttributeType.INTS, ints };
}

function floatTensor(name: string, dims: number[], data: Float32Array) {
  const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { name, dataType: TensorProto.DataType.FLOAT, dims, rawData };
}

function floatValue(name: string, dims: number[]) {
  const shape = { dim: dims.map((dimValue) => ({ dimValue })) };
  return { name, type: { tensorType: { elemType: TensorProto.DataType.FLOAT, shape } } };
}
