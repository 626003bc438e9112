/**
 * Translation invariance can be learned: a fully connected layer that is shown the same things in all places drifts towards
 * shared weights; one that sees them in one place only has no reason to: `npm run example shared-weights.ts`.
 *
 * Both layers start from the same random weights and learn to do what one edge detector does. Theirs are 4096 weights where
 * a convolution has nine.
 *
 * @module
 */

import { corr2d, type Matrix, tensor } from "@corr2d/core";
import { denseLayer, toRelative, translationVariance } from "@corr2d/core/derivation";
import { seededRandom } from "@corr2d/testkit";

/** How far weights are from shared ones, 0 to 1, before and after training. */
export interface Drift {
  readonly before: number;
  readonly unshifted: number;
  readonly shifted: number;
}

const SIDE = 8;
const PIXELS = SIDE * SIDE;
const STEPS = 3000;
const LEARNING_RATE = 0.01;

const detector = tensor([3, 3], [1, 0, -1, 2, 0, -2, 1, 0, -1]);
const response = (picture: Matrix): Matrix => corr2d(picture, detector, { mode: "same", boundary: "wrap" });

/** The picture moved down and to the right; what leaves on one side comes in on the other. */
function shift(picture: Matrix, down: number, right: number): Matrix {
  const data = picture.data.map((_, i) => {
    const row = (Math.floor(i / SIDE) - down + SIDE) % SIDE;
    const column = ((i % SIDE) - right + SIDE) % SIDE;
    return picture.data[row * SIDE + column];
  });
  return { shape: picture.shape, data };
}

/** Trains a fully connected layer on pictures drawn one at a time, and returns its weights. */
function train(start: Float32Array, draw: () => Matrix): Float32Array {
  const weights = start.slice();
  for (let step = 0; step < STEPS; step++) {
    const x = draw();
    const wanted = response(x);
    const y = denseLayer(x, tensor([SIDE, SIDE, SIDE, SIDE], weights));
    for (let unit = 0; unit < PIXELS; unit++) {
      const error = y.data[unit] - wanted.data[unit];
      for (let pixel = 0; pixel < PIXELS; pixel++) {
        weights[unit * PIXELS + pixel] -= LEARNING_RATE * error * x.data[pixel];
      }
    }
  }
  return weights;
}

/** Trains one layer on a few pictures as they are, one on the same pictures shifted at random. */
export function trainBoth(seed = 1): Drift {
  const random = seededRandom(seed, "sharedWeights");
  const start = Float32Array.from({ length: PIXELS * PIXELS }, () => random.normal() / SIDE);
  const pictures = Array.from({ length: 4 }, () =>
    tensor(
      [SIDE, SIDE],
      Float32Array.from({ length: PIXELS }, () => random.normal()),
    ),
  );
  const variance = (weights: Float32Array): number =>
    translationVariance(toRelative(tensor([SIDE, SIDE, SIDE, SIDE], weights)));
  const unshifted = train(start, () => random.pick(pictures));
  const shifted = train(start, () =>
    shift(random.pick(pictures), random.integer(0, SIDE - 1), random.integer(0, SIDE - 1)),
  );
  return { before: variance(start), unshifted: variance(unshifted), shifted: variance(shifted) };
}

if (import.meta.main) {
  const { before, unshifted, shifted } = trainBoth();
  console.log("part of the weights that is not shared, ‖V − shared V‖ / ‖V‖:");
  console.table({ "before training": before, "same places": unshifted, "all places": shifted });
}
