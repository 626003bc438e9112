import { NETWORK_LAYERS } from "@corr2d/testkit";
import { describe, expect, it } from "vitest";
import { LAYER_CLASSES, layerClassOf } from "./layer-class.ts";
import { SUITES, selectCases, selectSuites } from "./registry.ts";

const names = (cases: ReturnType<typeof selectCases>) => cases.map(({ convCase }) => convCase.name);

describe("selectSuites", () => {
  it("gives the suites of these names, in their own order", () => {
    expect(selectSuites(["images", "resnet50"]).map(({ name }) => name)).toEqual(["resnet50", "images"]);
  });

  it("means by all every suite but those whose cases are in the others", () => {
    const all = selectSuites(["all"]);
    expect(all).toEqual(SUITES.filter(({ name }) => name !== "quick" && name !== "classes"));
    const everywhere = new Set(names(selectCases(all, undefined)));
    const selected = selectCases(selectSuites(["quick", "classes"]), undefined);
    expect(names(selected.filter(({ pass }) => pass === undefined)).filter((name) => !everywhere.has(name))).toEqual(
      [],
    );
  });

  it("has several layers of every class in the suite of classes", () => {
    const classes = selectCases(selectSuites(["classes"]), undefined).map(layerClassOf);
    for (const layerClass of LAYER_CLASSES) {
      expect(classes.filter((found) => found === layerClass).length, layerClass).toBeGreaterThan(2);
    }
  });

  it("has cases of names of their own", () => {
    for (const { name, cases } of SUITES) expect(new Set(names(cases)).size, name).toBe(cases.length);
  });

  it("holds every layer of every network", () => {
    const covered = new Set(names(selectCases(selectSuites(["all"]), undefined)));
    expect(NETWORK_LAYERS.every(({ name }) => covered.has(name))).toBe(true);
  });

  it("names what there is when asked for what there is not", () => {
    expect(() => selectSuites(["alexnet"])).toThrow(
      /unknown suite "alexnet"; known suites are quick, classes, lenet5, .*, all/,
    );
  });
});

describe("selectCases", () => {
  const suites = selectSuites(["resnet50"]);

  it("takes a part of a name", () => {
    const chosen = names(selectCases(suites, "conv4_2"));
    expect(chosen.length).toBeGreaterThan(1);
    expect(chosen.every((name) => name.includes("conv4_2"))).toBe(true);
  });

  it("takes a regular expression between slashes", () => {
    expect(names(selectCases(suites, "/CONV[34]_2-3X3$/i"))).toEqual(["resnet50/conv3_2-3x3", "resnet50/conv4_2-3x3"]);
  });

  it("refuses what is no regular expression, and what leaves nothing", () => {
    expect(() => selectCases(suites, "/(/")).toThrow("--filter /(/ is no regular expression");
    expect(() => selectCases(suites, "vgg")).toThrow(/no case matches --filter vgg; the cases are resnet50\/conv1, /);
  });
});
