"""Writes cases.ts: what ONNX Runtime computes for small convolutions of integers.

    pip install onnx onnxruntime && python make-cases.py > cases.ts

Attributes are drawn at random: all paddings, ranks, groups, strides together with dilations, output shapes and output
padding. Array number k of a case holds ((i * 7 + k * 5) % 11) - 5 at index i, so only results are written down.

Left out is SAME_UPPER or SAME_LOWER of a ConvTranspose whose kernel is smaller than its stride: the documentation asks for
input * stride cells, and gets fewer from ONNX Runtime.
"""

import json
import random
from math import prod

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper

onnxruntime.set_default_logger_severity(4)
random.seed(1)


def fill(shape, k):
    values = [((i * 7 + k * 5) % 11) - 5 for i in range(prod(shape))]
    return numpy.array(values, dtype=numpy.float32).reshape(shape)


def run(op, arrays, attributes):
    names = ["X", "W", "B"][: len(arrays)]
    inputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names]
    output = helper.make_tensor_value_info("Y", TensorProto.FLOAT, None)
    graph = helper.make_graph([helper.make_node(op, names, ["Y"], **attributes)], op, inputs, [output])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)], ir_version=10)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, dict(zip(names, arrays)))[0]


def draw(op, rank, auto_pad):
    each = lambda f: [f() for _ in range(rank)]
    groups, in_group, out_group = random.choice([1, 1, 2, 3]), random.randint(1, 2), random.randint(1, 2)
    kernel, strides, dilations = each(lambda: random.randint(1, 4)), each(lambda: random.choice([1, 2, 3])), each(lambda: random.choice([1, 1, 2, 3]))
    sizes = each(lambda: random.randint(2, {1: 9, 2: 6, 3: 4}[rank]))
    attributes = {"kernel_shape": kernel, "strides": strides, "dilations": dilations, "group": groups, "auto_pad": auto_pad}
    if auto_pad == "NOTSET":
        attributes["pads"] = [random.randint(0, 3) for _ in range(2 * rank)]
    extents = [(k - 1) * d + 1 for k, d in zip(kernel, dilations)]
    if op == "ConvTranspose":
        if auto_pad.startswith("SAME") and any(e < s for e, s in zip(extents, strides)):
            return None
        full = [s * (n - 1) + e for s, n, e in zip(strides, sizes, extents)]
        choice = random.choice(["output_shape", "output_padding", None])
        if choice == "output_shape":
            attributes[choice] = [random.randint(max(1, f - 3), f + s - 1) for f, s in zip(full, strides)]
            attributes.pop("pads", None)
        elif choice == "output_padding":
            attributes[choice] = [random.randint(0, max(s, d) - 1) for s, d in zip(strides, dilations)]
    out_channels = groups * out_group
    x_shape = [random.randint(1, 2), groups * in_group, *sizes]
    w_shape = [groups * in_group, out_group, *kernel] if op == "ConvTranspose" else [out_channels, in_group, *kernel]
    arrays = [fill(x_shape, 0), fill(w_shape, 1)] + ([fill([out_channels], 2)] if random.random() < 0.3 else [])
    try:
        y = run(op, arrays, attributes)
    except onnxruntime.capi.onnxruntime_pybind11_state.InvalidArgument:
        return None  # no output cell, or a combination that ONNX Runtime does not know
    if not 0 < y.size <= 120:
        return None
    return {
        "op": op,
        "attributes": attributes,
        "inputShape": x_shape,
        "weightShape": w_shape,
        "hasBias": len(arrays) == 3,
        "outputShape": list(y.shape),
        "y": [int(v) for v in y.flatten()],
    }


cases = []
for op in ["Conv", "ConvTranspose"]:
    for rank in [1, 2, 3]:
        for auto_pad in ["NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"]:
            drawn = []
            while len(drawn) < (5 if rank == 2 else 3):
                case = draw(op, rank, auto_pad)
                if case is not None:
                    drawn.append(case)
            cases.extend(drawn)

print("/**")
print(" * What ONNX Runtime computes; see make-cases.py, which wrote this file.")
print(" *")
print(" * @module")
print(" */")
print()
print(f'export const ONNX_RUNTIME_VERSION = "{onnxruntime.__version__}";')
print()
print(f"export const CASES = {json.dumps(cases)} as const;")
