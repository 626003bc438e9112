"""
Writes cases.ts: what OpenCV's matchTemplate gives, by every method, of grey and coloured pictures, with and without masks.

    pip install opencv-python-headless
    python3 packages/core/test/opencv/make-cases.py
"""

import json
import pathlib

import cv2
import numpy

random = numpy.random.default_rng(1)
METHODS = {
    "ccoeff-normed": cv2.TM_CCOEFF_NORMED,
    "ccoeff": cv2.TM_CCOEFF,
    "ccorr-normed": cv2.TM_CCORR_NORMED,
    "ccorr": cv2.TM_CCORR,
    "sqdiff-normed": cv2.TM_SQDIFF_NORMED,
    "sqdiff": cv2.TM_SQDIFF,
}
MASKS = ["none", "binary", "weights", "weights of each channel"]


def mask_of(kind, h, w, channels):
    if kind == "binary":
        return random.integers(0, 2, (h, w)).astype(numpy.float32)
    if kind == "weights":
        return (random.integers(0, 9, (h, w)) / 8).astype(numpy.float32)
    return (random.integers(0, 9, (h, w, channels)) / 8).astype(numpy.float32)


def cases():
    for height, width, h, w, channels in [(9, 8, 3, 4, 1), (7, 9, 4, 2, 3), (6, 6, 6, 5, 1)]:
        image = random.integers(0, 256, (height, width, channels)).astype(numpy.float32)
        template = image[1 : 1 + h, 1 : 1 + w].copy() if h < height else random.integers(0, 256, (h, w, channels)).astype(numpy.float32)
        for kind in MASKS[: 4 if channels > 1 else 3]:
            mask = None if kind == "none" else mask_of(kind, h, w, channels)
            yield {
                "what": f"{height} × {width} × {channels}, template {h} × {w}, mask: {kind}",
                "image": [height, width, channels, *image.ravel().astype(int).tolist()],
                "template": [h, w, channels, *template.ravel().astype(int).tolist()],
                "mask": [] if mask is None else [h, w, mask.size // (h * w), *mask.ravel().tolist()],
                "scores": {
                    name: [float(f"{score:.7g}") for score in cv2.matchTemplate(image, template, method, mask=mask).ravel().astype(float)]
                    for name, method in METHODS.items()
                },
            }


rows = "".join(f"  {json.dumps(row, ensure_ascii=False)},\n" for row in cases())
text = f"""/**
 * Written by make-cases.py: what OpenCV {cv2.__version__} gives. Pictures are their three sides and their elements.
 *
 * @module
 */

// biome-ignore format: one case a line
export const MATCHES = [
{rows}] as const;
"""
pathlib.Path(__file__).with_name("cases.ts").write_text(text)
