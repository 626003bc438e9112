"""Writes drawn.ts: convolutions drawn at random, and sums that tell what PyTorch computes for them, forward and backward.

    pip install torch && python draw-cases.py > drawn.ts

Results are integers, and of each only two sums are written down: that of its elements v[i], and that of v[i] · (1 + i mod 97),
which knows where they stand. Where PyTorch refuses there is no result.
"""

import json
import random
import torch
from torch import nn

COUNT = 300
REFUSED = 60
pick = random.Random(2026).choice


def mixed(shape, k):
    """Small integers without a short period; the same as `mixed` in drawn.test.ts."""
    count = torch.Size(shape).numel()
    values = [((((i + 1 + k * 1009) * 2654435761) & 0xFFFFFFFF) >> 16) % 9 - 4 for i in range(count)]
    return torch.tensor(values, dtype=torch.float64).reshape(shape)


def sums(tensor):
    values = [int(v) for v in tensor.detach().flatten().tolist()]
    return [sum(values), sum(v * (1 + i % 97) for i, v in enumerate(values))]


def draw():
    rank, transposed = pick([1, 2, 2, 2, 3]), pick([False, False, False, True, True])
    each = lambda values: [pick(values) for _ in range(rank)]
    groups = pick([1, 1, 1, 2, 3])
    in_channels, out_channels = groups * pick([1, 1, 2, 3]), groups * pick([1, 1, 2, 5])
    options = {"stride": each([1, 1, 1, 2, 3]), "dilation": each([1, 1, 1, 2, 3]), "groups": groups}
    options["padding"] = each([0, 0, 1, 1, 2, 4])
    if transposed:
        options["output_padding"] = each([0, 0, 0, 1, 2])
    else:
        if pick([True, False, False, False]):
            # Strides, which PyTorch refuses here, are TensorFlow's "same".
            options.update(padding="same", stride=[1] * rank)
        options["padding_mode"] = pick(["zeros", "zeros", "reflect", "replicate", "circular"])
    sizes, kernel = each([1, 2, 3, 5, 8] if rank < 3 else [1, 2, 3, 4]), each([1, 2, 3, 3, 4])
    kind = f"Conv{'Transpose' if transposed else ''}{rank}d"
    shape = [pick([1, 1, 2]), in_channels, *sizes]
    weight_shape = [in_channels, out_channels // groups, *kernel] if transposed else [out_channels, in_channels // groups, *kernel]
    case = {"kind": kind, "inputShape": shape, "weightShape": weight_shape, "options": options}
    try:
        arguments = {name: tuple(value) if isinstance(value, list) else value for name, value in options.items()}
        module = getattr(nn, kind)(in_channels, out_channels, tuple(kernel), **arguments).double()
        with torch.no_grad():
            module.weight.copy_(mixed(module.weight.shape, 1))
            module.bias.copy_(mixed(module.bias.shape, 2))
        x = mixed(shape, 0).requires_grad_()
        y = module(x)
    except (RuntimeError, ValueError):
        return case
    y.backward(mixed(y.shape, 3))
    results = {"y": y, "dx": x.grad, "dw": module.weight.grad, "db": module.bias.grad}
    return {**case, "outputShape": list(y.shape), **{name: sums(value) for name, value in results.items()}}


def draw_all():
    computed, refused = [], []
    while len(computed) < COUNT - REFUSED or len(refused) < REFUSED:
        case = draw()
        (computed if "y" in case else refused).append(case)
    return computed[: COUNT - REFUSED] + refused[:REFUSED]


print("/**")
print(f" * Sums of what PyTorch {torch.__version__} (BSD-3-Clause) computes; see draw-cases.py, which wrote this file.")
print(" *")
print(" * @module")
print(" */")
print()
print('import type { DrawnCase } from "./drawn-case.ts";')
print()
print("// biome-ignore format: a case a line")
print("export const DRAWN_CASES: readonly DrawnCase[] = [")
for case in draw_all():
    print(f"  {json.dumps(case, separators=(',', ':'))},")
print("];")
