/**
 * The packages of the pinned Node name their platform by a word, where npm asks for a list; as a list it is heeded, and
 * each machine downloads its own alone.
 */
const asList = (value) => (typeof value === "string" ? [value] : value);

export const hooks = {
  readPackage: (manifest) => ({ ...manifest, os: asList(manifest.os), cpu: asList(manifest.cpu) }),
};
