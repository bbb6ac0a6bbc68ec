/** A static server for tests: folders by the first segment of the path. */

import { createReadStream, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

const TYPES: Record<string, string> = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

export interface Site {
  readonly url: string;
  readonly server: Server;
}

export async function serve(folders: Record<string, string>): Promise<Site> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    // Browsers ask for it on their own.
    if (pathname === "/favicon.ico") return void response.writeHead(204).end();
    const [, top = "", ...rest] = normalize(decodeURIComponent(pathname)).split("/");
    const folder = folders[top];
    const named = folder === undefined ? undefined : join(folder, ...rest);
    const file = named?.endsWith("/") || rest.at(-1) === "" ? join(named ?? "", "index.html") : named;
    if (file === undefined || statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server };
}
