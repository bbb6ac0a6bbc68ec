// Keeps the page's own files, so that it opens offline after the first visit. Models are kept by the
// package, by their hash. `build/service-worker.ts` fills in the two constants.

const VERSION = __VERSION__;
const SHELL = __SHELL__;
const CACHE = `rubrica-page-${VERSION}`;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(SHELL.map((url) => new Request(url, { cache: "reload" }))))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("rubrica-page-") && name !== CACHE;
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const ours = url.origin === location.origin && request.method === "GET";
  if (!ours || url.pathname.includes("/models/")) return;
  event.respondWith(answer(request, url));
});

/** Files under `assets/` have their hash in their name: what is kept is right. The page itself is asked for first. */
async function answer(request, url) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request, { ignoreSearch: true });
  if (kept !== undefined && url.pathname.includes("/assets/")) return kept;
  try {
    const reply = await fetch(request);
    if (reply.ok) await cache.put(request, reply.clone());
    return reply;
  } catch (error) {
    if (kept !== undefined) return kept;
    throw error;
  }
}
