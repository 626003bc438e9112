/** Recipes of the README, as functions: what they show is what is run. */

/** A function of the code block of a document that holds `mark`, its imports given as values among `names`. */
export function recipeOf(
  readme: string,
  mark: string,
  names: readonly string[],
): (...values: unknown[]) => Promise<void> {
  const blocks = [...readme.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code]) => code!);
  const found = blocks.filter((code) => code.includes(mark));
  if (found.length !== 1) throw new Error(`${found.length} recipes of the README hold ${mark}`);
  const body = found[0]!.replaceAll(/^import .*$/gm, "");
  const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor;
  return new AsyncFunction(...names, body);
}
