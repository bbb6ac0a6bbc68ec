import { diffWordsWithSpace } from "diff";
import { useMemo } from "preact/hooks";

/** Longest that a comparison of texts may hold up the page, in milliseconds. */
const PATIENCE = 40;

/** What changes from A to B, word by word. */
export function Differences({ a, b }: { a: string; b: string }) {
  const changes = useMemo(() => diffWordsWithSpace(a, b, { timeout: PATIENCE }), [a, b]);
  return (
    <section class="judged" aria-labelledby="differences-title">
      <h2 id="differences-title">From A to B, word by word</h2>
      {changes === undefined ? (
        <p class="hint">The texts have too little in common to be shown side by side.</p>
      ) : (
        <div class="text" tabIndex={0} role="region" aria-labelledby="differences-title">
          {changes.map(({ value, added, removed }, index) =>
            added ? <ins key={index}>{value}</ins> : removed ? <del key={index}>{value}</del> : value,
          )}
        </div>
      )}
    </section>
  );
}
