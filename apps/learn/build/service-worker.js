/**
 * Keeps the page for when there is no network. The build puts in what it consists of. A new version is fetched whole
 * before it takes the place of the old one, so files of two versions never meet.
 */

const VERSION = "VERSION";
const FILES = ["FILES"];
const CACHE = `corr2d-learn ${VERSION}`;
const kept = new Set(FILES.map((file) => new URL(file, self.location).href));

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(FILES))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  const removeOld = async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("corr2d-learn ") && name !== CACHE) await caches.delete(name);
    }
    await self.clients.claim();
  };
  event.waitUntil(removeOld());
});

self.addEventListener("fetch", (event) => {
  const { url } = event.request;
  const address = url.split(/[?#]/, 1)[0].replace(/\/index\.html$/, "/");
  // The benchmarks and the reference live below the same address; they are not ours to keep.
  if (event.request.method !== "GET" || !kept.has(address)) return;
  event.respondWith(
    caches
      .open(CACHE)
      .then((cache) => cache.match(address))
      .then((answer) => answer ?? fetch(event.request)),
  );
});
