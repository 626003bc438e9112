import { CASES, dataOf, outputShapeOf, rankOf, type SpatialCase } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { ask, evidenceOf } from "../ask.ts";
import { moduleAdapter } from "../check/module-adapter.ts";
import { groupBy } from "../group-by.ts";
import { right } from "../mutants/mutant.ts";
import { faultOf } from "../verdict.ts";
import { isPossible } from "./problem.ts";
import { siblingsOf, twins } from "./siblings.ts";

const content = ({ name: _, ...about }: SpatialCase): string => JSON.stringify(about);

describe("siblings", () => {
  it("are possible, and differ from the case and from each other", () => {
    for (const each of CASES) {
      const siblings = siblingsOf(each);
      expect(siblings.every(isPossible)).toBe(true);
      expect(new Set([each, ...siblings].map(content)).size).toBe(siblings.length + 1);
    }
  });

  it("have the same shapes, most of them", () => {
    const [convCase] = CASES;
    const shapes = ({ inputShape, filterShape }: SpatialCase) => `${inputShape} ${filterShape}`;
    const same = siblingsOf(convCase!).filter((sibling) => shapes(sibling) === shapes(convCase!));
    expect(same.length).toBeGreaterThanOrEqual(4);
  });

  it("have twins, which have every shape and the padding in common, and of which several differ in strides alone", () => {
    const family = (convCase: SpatialCase): string =>
      JSON.stringify([convCase.inputShape, convCase.filterShape, outputShapeOf(convCase), convCase.padding]);
    const families = groupBy(twins(), family);
    for (const rank of [1, 2, 3]) {
      const same = [...families.values()].filter(([first]) => rankOf(first!) === rank);
      expect(same.length).toBe(4);
      for (const cases of same) {
        const byDilations = groupBy(cases, ({ dilations }) => String(dilations));
        const most = Math.max(
          ...[...byDilations.values()].map((some) => new Set(some.map(({ strides }) => `${strides}`)).size),
        );
        expect(most).toBeGreaterThanOrEqual(2);
      }
    }
    expect(twins().every(isPossible)).toBe(true);
  });

  it.each(["strides", "dilations", "padding", "bias", "layout"] as const)(
    "convict whoever keeps plans by all but %s, who is right when asked once",
    async (left) => {
      const plans = new Map<string, SpatialCase>();
      const adapter = moduleAdapter("plans.js", {
        reach: { ranks: [2], layouts: ["channels last", "channels first"], roundings: ["floor"] },
        forward({ name: _, pads, outputShape: __, ...about }, data) {
          const asked: SpatialCase = { name: "", ...about, padding: pads };
          const key = JSON.stringify({ ...asked, [left]: "any" });
          const plan = plans.get(key) ?? asked;
          plans.set(key, plan);
          return right({ ...plan, bias: plan.bias && asked.bias }, "forward", data);
        },
      });
      const faultIn = async (convCase: SpatialCase): Promise<string | undefined> => {
        const data = dataOf(convCase, "exact", 1);
        return faultOf(await ask(adapter, convCase, "forward", data, evidenceOf(convCase, "forward", data, true)));
      };
      const faults: (string | undefined)[] = [];
      for (const each of CASES.filter((_, i) => i % 8 === 0)) {
        for (const sibling of [each, ...siblingsOf(each)]) faults.push(await faultIn(sibling));
      }
      expect(faults.filter((fault) => fault !== undefined).length).toBeGreaterThan(1);
      plans.clear();
      expect(await faultIn(CASES[0]!)).toBeUndefined();
    },
  );
});
