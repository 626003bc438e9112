/**
 * Serves the page that measures browsers, with the headers that give it shared memory, and takes the report that it hands back.
 *
 * @module
 */

import { randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";
import { extname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { LARGEST_REPORT } from "../report/files.ts";
import type { BenchReport } from "../report/results.ts";
import { parseBenchReport } from "../report/schema.ts";
import { UsageError } from "../usage-error.ts";

/** Built by `npm run build` from `src/browser`; `src` and `dist` both lie beside each other. */
const PAGE: string = fileURLToPath(new URL("../../dist/browser", import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".wasm": "application/wasm",
};

const HEADERS = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
};

/** A page that is being served. */
export interface ServedPage {
  /** Of this machine; the others reach it by {@link addresses}. */
  readonly address: string;
  /** All addresses, those that other machines reach included. */
  readonly addresses: readonly string[];
  /** The first report that a page hands back. */
  readonly report: Promise<BenchReport>;
  close(): Promise<void>;
}

/**
 * Serves the page. Only who knows the address, a folder of a random name, is answered.
 *
 * @param host `127.0.0.1`, or `0.0.0.0` for phones in the same network.
 * @param onPart told what a page has measured so far.
 * @throws UsageError if the page was not built, or the port is taken.
 */
export async function servePage(
  host: string,
  port: number,
  onPart: (report: BenchReport) => Promise<void> = async () => undefined,
): Promise<ServedPage> {
  const files = filesOfPage();
  const secret = `/${randomUUID()}/`;
  let take: (said: unknown) => void = () => undefined;
  const report = new Promise<BenchReport>((resolve, reject) => {
    take = (said) => {
      const { failure } = Object(said) as { failure?: unknown };
      if (typeof failure === "string") reject(new UsageError(`the page says: ${failure}`));
      else resolve(parseBenchReport(said));
    };
  });
  // Whoever closes before anything came is not to hear of it.
  report.catch(() => undefined);
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const name = path.startsWith(secret) ? path.slice(secret.length) || "index.html" : undefined;
    if (name === "report" && request.method === "POST") void takeReport(request, response, take);
    else if (name === "part" && request.method === "POST") {
      void takeReport(request, response, (said) => onPart(parseBenchReport(said)));
    } else if (name !== undefined && files.has(name) && request.method === "GET") void sendFile(name, response);
    else response.writeHead(404, HEADERS).end("not here");
  });
  await new Promise<void>((listening, failed) => {
    server.once("error", (error) => failed(new UsageError(`cannot serve on ${host}:${port}: ${error.message}`)));
    server.listen(port, host, listening);
  });
  const { port: found } = server.address() as AddressInfo;
  const addressOf = (name: string) => `http://${isIPv6(name) ? `[${name}]` : name}:${found}${secret}`;
  const local = addressOf(host === "0.0.0.0" ? "127.0.0.1" : host);
  return {
    address: local,
    addresses: host === "0.0.0.0" ? [local, ...outerAddresses().map(addressOf)] : [local],
    report,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function filesOfPage(): ReadonlySet<string> {
  try {
    const found = readdirSync(PAGE, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return new Set(found.map(({ parentPath, name }) => relative(PAGE, join(parentPath, name)).replaceAll(sep, "/")));
  } catch {
    throw new UsageError("the page was not built; run pnpm build");
  }
}

async function sendFile(name: string, response: ServerResponse): Promise<void> {
  const content = await readFile(join(PAGE, name));
  response
    .writeHead(200, { ...HEADERS, "content-type": TYPES[extname(name)] ?? "application/octet-stream" })
    .end(content);
}

async function takeReport(
  request: IncomingMessage,
  response: ServerResponse,
  take: (said: unknown) => void | Promise<void>,
): Promise<void> {
  try {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > LARGEST_REPORT) throw new RangeError(`more than the ${LARGEST_REPORT} bytes that a report may have`);
      chunks.push(chunk);
    }
    await take(JSON.parse(Buffer.concat(chunks).toString("utf8")));
    response.writeHead(200, HEADERS).end("thank you");
  } catch (error) {
    response.writeHead(400, HEADERS).end((error as Error).message);
  }
}

/** Addresses by which other machines may reach this one. */
function outerAddresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((found) => found ?? [])
    .filter(({ internal, family }) => !internal && family === "IPv4")
    .map(({ address }) => address);
}
