/**
 * Links between HTML files of one folder that lead nowhere: to a file that is not there, or to a part of a page that has no
 * such id. Links to other sites are not followed.
 *
 * @module
 */

import { readdir, readFile } from "node:fs/promises";
import { dirname, relative, resolve, sep } from "node:path";

/** Says of each broken link of the pages in `folder` where it stands and where it leads. */
export async function brokenLinks(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => resolve(entry.parentPath, entry.name));
  const known = new Set(files);
  const links = new Map<string, readonly string[]>();
  const ids = new Map<string, ReadonlySet<string>>();
  for (const path of files) {
    if (!/\.(html|svg)$/.test(path)) continue;
    const markup = await readFile(path, "utf8");
    ids.set(path, idsOf(markup));
    if (path.endsWith(".html")) links.set(path, linksOf(markup));
  }
  if (links.size === 0) return [`${folder} has no pages`];
  const broken: string[] = [];
  for (const [path, linksHere] of links) {
    for (const link of linksHere) {
      if (/^[a-z]+:/i.test(link)) continue;
      const [file, id] = decodeURI(link).split("#") as [string, string | undefined];
      const target = file === "" ? path : resolve(dirname(path), file);
      if (!known.has(target) || (id !== undefined && id !== "" && !ids.get(target)?.has(id))) {
        broken.push(`${relative(folder, path).replaceAll(sep, "/")}: ${link} leads nowhere`);
      }
    }
  }
  return broken;
}

/** What a page refers to, without scripts, whose strings may look like it. */
function linksOf(html: string): string[] {
  const markup = html.replaceAll(/<script>.*?<\/script>/gs, "");
  return [...markup.matchAll(/\s(?:href|src)="([^"]*)"/g)].map(([, link]) => unescapeHtml(link!));
}

function idsOf(html: string): ReadonlySet<string> {
  return new Set([...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => unescapeHtml(id!)));
}

function unescapeHtml(text: string): string {
  return text.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&lt;", "<").replaceAll("&amp;", "&");
}
