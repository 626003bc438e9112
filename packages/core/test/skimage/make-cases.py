"""
Writes cases.ts: what scikit-image's match_template and peak_local_max and OpenCV's matchTemplate (TM_CCOEFF_NORMED) give.

    pip install scikit-image opencv-python-headless
    python3 packages/core/test/skimage/make-cases.py
"""

import json
import pathlib

import cv2
import numpy
import skimage
from skimage.feature import match_template, peak_local_max

random = numpy.random.default_rng(1)


def templates():
    for height, width, h, w in [(12, 15, 3, 4), (20, 9, 5, 5), (8, 8, 8, 3), (16, 16, 1, 2)]:
        image = random.integers(0, 256, (height, width)).astype(numpy.float32)
        top, left = random.integers(0, height - h + 1), random.integers(0, width - w + 1)
        template = image[top : top + h, left : left + w].copy()
        scores = match_template(image.astype(float), template.astype(float))
        yield {
            "image": [height, width, *image.ravel().astype(int).tolist()],
            "template": [h, w, *template.ravel().astype(int).tolist()],
            "skimage": scores.ravel().round(9).tolist(),
            "opencv": cv2.matchTemplate(image, template, cv2.TM_CCOEFF_NORMED).ravel().astype(float).round(6).tolist(),
        }


def peaks():
    for height, width, levels in [(1, 9, 5), (12, 14, 4), (12, 14, 1000), (20, 11, 50)]:
        image = random.integers(0, levels, (height, width))
        for distance in [1, 2, 3, 5]:
            for threshold in [0.5, levels / 2 + 0.25]:
                found = peak_local_max(image.astype(float), min_distance=distance, threshold_abs=threshold, exclude_border=False)
                yield {
                    "image": [height, width, *image.ravel().tolist()],
                    "distance": distance,
                    "threshold": threshold,
                    "peaks": sorted(found.tolist()),
                }


def table(rows):
    return "[\n" + "".join(f"  {json.dumps(row)},\n" for row in rows) + "]"


text = f"""/**
 * Written by make-cases.py: what scikit-image {skimage.__version__} and OpenCV {cv2.__version__} give. Matrices are their two sides and
 * their elements, row by row.
 *
 * @module
 */

// biome-ignore format: one case a line
export const TEMPLATES = {table(templates())} as const;

// biome-ignore format: one case a line
export const PEAKS = {table(peaks())} as const;
"""
pathlib.Path(__file__).with_name("cases.ts").write_text(text)
