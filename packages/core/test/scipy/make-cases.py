"""Writes cases.ts: what scipy.signal computes for small matrices of integers, kernels larger than the image among them.

    pip install scipy && python make-cases.py > cases.ts

Element i of an image is ((i * 7) % 11) - 5, of a kernel ((i * 7 + 5) % 11) - 5, so only results are written down.
"""

import json

import numpy
import scipy
from scipy import signal

SHAPES = [
    ((5, 4), (3, 3)),
    ((4, 5), (2, 4)),
    ((3, 4), (4, 3)),
    ((2, 3), (5, 6)),
    ((1, 4), (1, 9)),
    ((3, 1), (8, 2)),
    ((1, 1), (3, 4)),
]


def fill(shape, k):
    count = shape[0] * shape[1]
    return numpy.array([((i * 7 + k * 5) % 11) - 5 for i in range(count)], dtype=float).reshape(shape)


cases = []
for operation in ["correlate2d", "convolve2d"]:
    for shape, kernel_shape in SHAPES:
        for mode in ["valid", "same", "full"]:
            if mode == "valid" and any(k > n for n, k in zip(shape, kernel_shape)):
                continue  # SciPy changes the operands there; corr2d refuses
            for boundary, fillvalue in [("fill", 0), ("fill", 3), ("wrap", 0), ("symm", 0)]:
                if mode == "valid" and (boundary, fillvalue) != ("fill", 0):
                    continue
                y = getattr(signal, operation)(fill(shape, 0), fill(kernel_shape, 1), mode, boundary, fillvalue)
                cases.append([operation, shape, kernel_shape, mode, boundary, fillvalue, [int(v) for v in y.flatten()]])

print("/**")
print(" * What scipy.signal computes; see make-cases.py, which wrote this file.")
print(" *")
print(" * @module")
print(" */")
print()
print(f'export const SCIPY_VERSION = "{scipy.__version__}";')
print()
print("/** Operation, shapes of image and kernel, mode, boundary, fill value, result. */")
print(f"export const CASES = {json.dumps(cases)} as const;")
