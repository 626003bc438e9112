/**
 * What `Map.groupBy` does, for the Node versions that lack it in their type library.
 *
 * @module
 */

/** Items by key; keys and items in the order in which they first came. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, [T, ...T[]]> {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
