"""Writes cases.ts: what PyTorch computes for small convolutions of integers, forward and backward.

    pip install torch && python make-cases.py > cases.ts

All numbers are integers small enough that float32 holds every sum exactly. Array number k of a case holds
((i * 7 + k * 5) % 11) - 5 at index i, so only results are written down.
"""

import json
import torch
from torch import nn


def fill(shape, k):
    count = 1
    for size in shape:
        count *= size
    return torch.tensor([((i * 7 + k * 5) % 11) - 5 for i in range(count)], dtype=torch.float32).reshape(shape)


def conv(name, kind, input_shape, **options):
    module = getattr(nn, kind)(**options)
    with torch.no_grad():
        module.weight.copy_(fill(module.weight.shape, 1))
        module.bias.copy_(fill(module.bias.shape, 2))
    x = fill(input_shape, 0).requires_grad_()
    y = module(x)
    y.backward(fill(y.shape, 3))
    integers = lambda t: [int(v) for v in t.flatten().tolist()]
    return {
        "name": name,
        "kind": kind,
        "inputShape": list(input_shape),
        "weightShape": list(module.weight.shape),
        "outputShape": list(y.shape),
        "options": {key: value for key, value in options.items() if not key.endswith("_channels") and key != "kernel_size"},
        "y": integers(y.detach()),
        "dx": integers(x.grad),
        "dw": integers(module.weight.grad),
        "db": integers(module.bias.grad),
    }


def unfold(name, input_shape, **options):
    x = fill(input_shape, 0).requires_grad_()
    y = nn.functional.unfold(x, **options)
    y.backward(fill(y.shape, 3))
    integers = lambda t: [int(v) for v in t.flatten().tolist()]
    return {
        "name": name,
        "inputShape": list(input_shape),
        "outputShape": list(y.shape),
        "options": options,
        "y": integers(y.detach()),
        "dx": integers(x.grad),
    }


CONVS = [
    conv("stride, padding, dilation, groups", "Conv1d", (1, 4, 9), in_channels=4, out_channels=4, kernel_size=3, stride=2, padding=2, dilation=2, groups=2),
    conv("circular", "Conv1d", (2, 2, 5), in_channels=2, out_channels=2, kernel_size=3, padding=2, padding_mode="circular"),
    conv("as much circular padding as there are cells", "Conv1d", (1, 1, 3), in_channels=1, out_channels=1, kernel_size=3, padding=3, padding_mode="circular"),
    conv("same, even kernel", "Conv1d", (1, 1, 6), in_channels=1, out_channels=2, kernel_size=4, padding="same"),
    conv("stride and dilation differ by axis", "Conv2d", (1, 2, 7, 6), in_channels=2, out_channels=2, kernel_size=(3, 2), stride=(2, 1), padding=(1, 2), dilation=(1, 2)),
    conv("reflect, stride and dilation", "Conv2d", (1, 1, 5, 6), in_channels=1, out_channels=2, kernel_size=(3, 2), stride=(2, 1), padding=(1, 2), dilation=(1, 2), padding_mode="reflect"),
    conv("as much reflection as there is", "Conv2d", (1, 1, 3, 4), in_channels=1, out_channels=1, kernel_size=(4, 3), stride=2, padding=(2, 3), padding_mode="reflect"),
    conv("replicate past the image", "Conv2d", (1, 2, 3, 2), in_channels=2, out_channels=1, kernel_size=3, stride=2, padding=(4, 1), padding_mode="replicate"),
    conv("circular, groups", "Conv2d", (1, 4, 3, 4), in_channels=4, out_channels=2, kernel_size=(2, 3), padding=(1, 2), groups=2, padding_mode="circular"),
    conv("same, reflect, even and dilated kernel", "Conv2d", (1, 1, 4, 5), in_channels=1, out_channels=1, kernel_size=(4, 2), dilation=(1, 3), padding="same", padding_mode="reflect"),
    conv("depthwise with multiplier", "Conv2d", (1, 3, 4, 3), in_channels=3, out_channels=6, kernel_size=2, groups=3),
    conv("stride, padding", "Conv3d", (1, 1, 4, 3, 4), in_channels=1, out_channels=2, kernel_size=(3, 2, 2), stride=(2, 1, 2), padding=(1, 0, 1)),
    conv("dilation, groups, batch", "Conv3d", (2, 2, 3, 3, 2), in_channels=2, out_channels=2, kernel_size=(2, 2, 1), dilation=(2, 1, 1), groups=2),
    conv("replicate", "Conv3d", (1, 1, 2, 3, 2), in_channels=1, out_channels=1, kernel_size=2, padding=(2, 1, 0), padding_mode="replicate"),
    conv("reflect", "Conv3d", (1, 1, 3, 2, 3), in_channels=1, out_channels=1, kernel_size=(3, 2, 2), stride=2, padding=(2, 1, 1), padding_mode="reflect"),
    conv("stride, padding, output padding", "ConvTranspose1d", (1, 2, 4), in_channels=2, out_channels=2, kernel_size=3, stride=2, padding=1, output_padding=1),
    conv("groups, dilation, output padding", "ConvTranspose2d", (1, 4, 2, 3), in_channels=4, out_channels=2, kernel_size=(2, 3), stride=(2, 3), padding=(1, 2), output_padding=(1, 2), groups=2, dilation=(2, 1)),
    conv("output padding up to the dilation", "ConvTranspose2d", (1, 1, 2, 2), in_channels=1, out_channels=1, kernel_size=2, output_padding=(2, 1), dilation=3),
    conv("padding past the kernel", "ConvTranspose2d", (1, 1, 4, 3), in_channels=1, out_channels=2, kernel_size=(2, 1), padding=(2, 1)),
    conv("stride past the kernel", "ConvTranspose2d", (1, 2, 2, 2), in_channels=2, out_channels=1, kernel_size=(1, 2), stride=(3, 4), output_padding=(2, 1)),
    conv("stride, padding, output padding", "ConvTranspose3d", (1, 2, 2, 2, 2), in_channels=2, out_channels=1, kernel_size=(2, 1, 3), stride=(2, 2, 1), padding=(1, 0, 1), output_padding=(1, 1, 0)),
]

UNFOLDS = [
    unfold("stride and padding", (1, 2, 3, 4), kernel_size=[2, 3], stride=[1, 2], padding=[1, 0]),
    unfold("dilation", (2, 1, 4, 4), kernel_size=[2, 2], dilation=[2, 3]),
]

print("/**")
print(" * What PyTorch computes; see make-cases.py, which wrote this file.")
print(" *")
print(" * @module")
print(" */")
print()
print(f'export const PYTORCH_VERSION = "{torch.__version__}";')
print()
for name, cases in [("CONV_CASES", CONVS), ("UNFOLD_CASES", UNFOLDS)]:
    print(f"export const {name} = {json.dumps(cases)} as const;")
    print()
