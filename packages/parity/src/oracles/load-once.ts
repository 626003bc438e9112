/**
 * An oracle is a part of the process (TensorFlow.js has one engine, a native library is loaded once), so loading it
 * again gives the same one; after a failure loading it again tries again.
 *
 * @module
 */

/** `load`, called once for all who ask. */
export function loadOnce<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
}
