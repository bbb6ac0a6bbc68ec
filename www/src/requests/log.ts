/** What this page and its worker have requested, and whether any of it left the site. */

export interface Entry {
  readonly url: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly from: "page" | "worker";
}

export interface Summary {
  readonly total: number;
  readonly elsewhere: number;
  /** Requests since `since`, if that is known. */
  readonly after: number;
}

export function isElsewhere(url: string, origin: string): boolean {
  try {
    const target = new URL(url);
    // Data and blob URLs stay in the tab.
    return target.protocol.startsWith("http") && target.origin !== origin;
  } catch {
    return false;
  }
}

export function summarise(entries: readonly Entry[], origin: string, since?: number): Summary {
  return {
    total: entries.length,
    elsewhere: entries.filter(({ url }) => isElsewhere(url, origin)).length,
    after: since === undefined ? 0 : entries.filter(({ time }) => time > since).length,
  };
}

/** One line that says it. */
export function verdict({ total, elsewhere, after }: Summary, blocked: number, ready: boolean): string {
  const count = (n: number) => `${n} ${n === 1 ? "request" : "requests"}`;
  if (elsewhere > 0) return `${count(elsewhere)} of ${total} went to another site.`;
  const refused = blocked === 0 ? "" : ` The browser refused ${count(blocked)}.`;
  const since = ready ? (after === 0 ? ", none since the judge was loaded" : `, ${after} since the judge was loaded`) : "";
  return `${count(total)}, all to this site${since}.${refused}`;
}
