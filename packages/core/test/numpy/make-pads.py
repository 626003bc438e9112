"""Writes pads.ts: numpy.pad of small arrays, its padding further than they are long among them.

    pip install numpy && python make-pads.py > pads.ts

Element i of an array is ((i * 7) % 11) - 5, so only results are written down.
"""

import json

import numpy

CASES = [
    ((1,), [(3, 2)]),
    ((2,), [(7, 5)]),
    ((3,), [(1, 9)]),
    ((4,), [(4, 3)]),
    ((1, 3), [(2, 1), (4, 5)]),
    ((3, 2), [(1, 4), (5, 0)]),
    ((2, 1, 3), [(3, 0), (1, 1), (2, 4)]),
]

pads = []
for shape, width in CASES:
    count = int(numpy.prod(shape))
    image = numpy.array([((i * 7) % 11) - 5 for i in range(count)], dtype=float).reshape(shape)
    for mode in ["constant", "edge", "reflect", "symmetric", "wrap"]:
        extra = {"constant_values": 3} if mode == "constant" else {}
        padded = numpy.pad(image, width, mode=mode, **extra)
        pads.append(
            {"shape": shape, "padding": width, "mode": mode, "padded": [int(v) for v in padded.flatten()]}
        )

print(f"/** What numpy.pad {numpy.__version__} gives; written by make-pads.py. */")
print("export const PADS: readonly {")
print("  readonly shape: readonly number[];")
print("  readonly padding: readonly (readonly [number, number])[];")
print('  readonly mode: "constant" | "edge" | "reflect" | "symmetric" | "wrap";')
print("  readonly padded: readonly number[];")
print("}[] = [")
for pad in pads:
    print(f"  {json.dumps(pad)},")
print("];")
