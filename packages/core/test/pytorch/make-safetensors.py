"""Writes model.ts: a safetensors file of small PyTorch modules, and what they compute.

    pip install torch safetensors && python make-safetensors.py > model.ts
"""

import base64
import json

import safetensors
import torch
from safetensors.torch import save
from torch import nn


def fill(shape, k):
    count = 1
    for size in shape:
        count *= size
    return torch.tensor([((i * 7 + k * 5) % 11) - 5 for i in range(count)], dtype=torch.float32).reshape(shape)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.grouped = nn.Conv2d(4, 2, (1, 2), groups=2)
        self.depthwise = nn.Conv2d(2, 4, (2, 1), groups=2, bias=False)
        self.up = nn.ConvTranspose2d(2, 3, (2, 1), stride=2)
        self.line = nn.Conv1d(2, 1, 3)
        self.volume = nn.Conv3d(1, 2, (1, 2, 1))
        self.norm = nn.BatchNorm2d(1)


model = Model()
for parameter in model.parameters():
    with torch.no_grad():
        parameter.copy_(fill(parameter.shape, 1) / 4)
inputs = {
    "grouped": fill((1, 4, 2, 3), 0),
    "depthwise": fill((1, 2, 3, 2), 0),
    "up": fill((1, 2, 2, 2), 0),
    "line": fill((1, 2, 5), 0),
    "volume": fill((1, 1, 2, 3, 2), 0),
}
outputs = {
    name: {"inputShape": list(x.shape), "outputShape": list(y.shape), "y": y.flatten().tolist()}
    for name, x in inputs.items()
    for y in [getattr(model, name)(x).detach()]
}
state = model.state_dict()
values = torch.tensor([1.5, -0.333251953125, 65504.0, 6e-8, -0.0, float("inf")])
state["types.f16"] = values.to(torch.float16)
state["types.bf16"] = values.to(torch.bfloat16)
state["types.f64"] = values.to(torch.float64)
file = base64.b64encode(save(state, metadata={"format": "pt"})).decode()

print("/**")
print(" * A safetensors file; see make-safetensors.py, which wrote this file.")
print(" *")
print(" * @module")
print(" */")
print()
print(f'/** Written by safetensors {safetensors.__version__} with PyTorch {torch.__version__}, in base64. */')
print(f"export const MODEL_FILE = {json.dumps(file)};")
print()
print("/** What its modules compute of an input whose element i is ((i · 7) mod 11) − 5. */")
print(f"export const MODEL_OUTPUTS = {json.dumps(outputs)} as const;")
