import type { TensorInfo } from "@tensorflow/tfjs-core";
import { beforeEach, expect, test } from "vitest";
import { PlanStore } from "./plans.ts";

/** Stands for a plan: says whether it was disposed of, and fails if twice. */
class Plan {
  disposed = false;

  run(): void {}

  [Symbol.dispose](): void {
    expect(this.disposed, "disposed of once").toBe(false);
    this.disposed = true;
  }
}

let store: PlanStore;
let made: Plan[];

beforeEach(() => {
  store = new PlanStore();
  made = [];
});

const tensor = (): TensorInfo => ({ dataId: {}, shape: [1], dtype: "float32" });

function get(tensors: readonly [TensorInfo, ...(TensorInfo | undefined)[]], key = "key"): Plan {
  const plan = store.get(tensors, key, () => {
    const plan = new Plan();
    made.push(plan);
    return plan;
  });
  return plan as Plan;
}

/** Every plan is either kept or disposed of. */
function expectLiving(...plans: Plan[]): void {
  expect(made.filter(({ disposed }) => !disposed)).toEqual(plans);
  expect(store.size).toBe(plans.length);
}

test("a plan is made once for its tensors and key", () => {
  const [filter, bias] = [tensor(), tensor()];
  const plan = get([filter, bias]);
  expect(get([filter, bias])).toBe(plan);
  const other = get([filter, bias], "other key");
  expectLiving(plan, other);
});

test("a plan whose bias was exchanged is disposed of when it is asked for", () => {
  const filter = tensor();
  const first = get([filter, tensor()]);
  const second = get([filter, tensor()]);
  expect(first.disposed).toBe(true);
  expectLiving(second);
  expectLiving(get([filter]));
});

test("plans go with the data of their filter, their bias or their slopes", () => {
  const tensors = [tensor(), tensor(), tensor()] as const;
  const bystander = get([tensor(), tensor(), tensor()]);
  for (const { dataId } of tensors) {
    get(tensors);
    get(tensors, "other key");
    store.forget(dataId);
    expectLiving(bystander);
  }
});

test("a tensor that is filter and bias at once", () => {
  const both = tensor();
  get([both, both]);
  store.forget(both.dataId);
  expectLiving();
});

test("of many shapes the one prepared longest ago is disposed of", () => {
  const filter = tensor();
  for (let shape = 0; shape < 20; shape++) get([filter], String(shape));
  expectLiving(...made.slice(-8));
});

test("a bias that outlives the filter keeps nothing", () => {
  const [filter, bias] = [tensor(), tensor()];
  get([filter, bias]);
  store.forget(filter.dataId);
  expectLiving();
  store.forget(bias.dataId);
  expectLiving();
});

test("what cannot be prepared leaves nothing", () => {
  const filter = tensor();
  get([filter, tensor()]);
  const failing = (): never => {
    throw new RangeError("no such convolution");
  };
  expect(() => store.get([filter], "key", failing)).toThrow("no such convolution");
  expectLiving();
});

test("clearing disposes of all", () => {
  for (let i = 0; i < 3; i++) get([tensor(), tensor()]);
  store.clear();
  expect(made).toHaveLength(3);
  expectLiving();
});
