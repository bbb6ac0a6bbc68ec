import { type Change, diffWordsWithSpace } from "diff";
import { useMemo } from "preact/hooks";
import { percent } from "../words.js";

/** Longest that a comparison of texts may hold up the page, in milliseconds. */
const PATIENCE = 40;
/** Texts that share less than this are two texts, not two versions of one. */
const COMMON = 0.4;

/** What changes from A to B, word by word, for texts that have enough in common. */
export function Differences({ a, b }: { a: string; b: string }) {
  const changes = useMemo(() => diffWordsWithSpace(a, b, { timeout: PATIENCE }), [a, b]);
  const common = changes === undefined ? 0 : shared(changes, Math.max(a.length, b.length));
  return (
    <section class="judged" aria-labelledby="differences-title">
      <h2 id="differences-title">From A to B, word by word</h2>
      {changes === undefined || common < COMMON ? (
        <p class="hint">
          The texts share {percent(common)} of their words in order: too little to be shown as two versions of one.
        </p>
      ) : (
        <div class="text" dir="auto" tabIndex={0} role="region" aria-labelledby="differences-title">
          {changes.map(({ value, added, removed }, index) =>
            added ? <ins key={index}>{value}</ins> : removed ? <del key={index}>{value}</del> : value,
          )}
        </div>
      )}
    </section>
  );
}

/** The part of the longer text that both have. */
function shared(changes: readonly Change[], longer: number): number {
  const kept = changes.filter(({ added, removed }) => !added && !removed);
  return longer === 0 ? 1 : kept.reduce((sum, { value }) => sum + value.length, 0) / longer;
}
