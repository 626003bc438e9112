/** The call that a stage shows can be copied: what it imports is exported from there, by that name. */

import { expect, test } from "vitest";
import { STAGE_IDS } from "../src/stage-ids.ts";
import { usePages } from "./page.ts";

const open = usePages();

const OTHER_STATES = ["arithmetic?kind=transposed", "drag?layer=local", "drag?layer=dense"];

test.each([...STAGE_IDS, ...OTHER_STATES])("what %s imports is exported", async (state) => {
  const { page } = await open(`#/${state}`);
  const code = (await page.locator(".call code").textContent())!;
  const imports = [...code.matchAll(/import \{([^}]+)\} from "([^"]+)";/g)];
  expect(imports.length).toBeGreaterThan(0);
  for (const [, names, from] of imports) {
    const exported = Object.keys(await import(from!));
    for (const name of names!.split(",").map((part) => part.trim())) {
      if (name !== "") expect(exported, `${name} of ${from}`).toContain(name);
    }
  }
});
