/**
 * Formulas are written in TeX and are MathML in the built page: `import formula from "./formula.tex"` gives the markup of
 * the formula, so that a reader's browser need not learn TeX.
 *
 * @module
 */

import temml from "temml";
import type { Plugin } from "vite";

/** The plugin. A formula that TeX does not understand ends the build. */
export function mathml(): Plugin {
  return {
    name: "mathml",
    transform(source, id) {
      if (!id.endsWith(".tex")) return undefined;
      return { code: `export default ${JSON.stringify(markupOf(source))};`, map: null, moduleType: "js" };
    },
  };
}

/** MathML without inline styles, which the page's policy forbids. */
export function markupOf(tex: string): string {
  const markup = temml.renderToString(tex.trim(), { displayMode: true, throwOnError: true });
  return markup.replaceAll(/ style="[^"]*"/g, "");
}
