import { useSignal } from "@preact/signals";
import type { Preference, Verdict } from "rubrica";
import { Critique } from "../critique/critique.js";
import { ResultTools, SignatureLine } from "../signature.js";
import { percent } from "../words.js";
import { Differences } from "./differences.js";

const SAID: Record<Preference, string> = { a: "A is better", b: "B is better", tie: "A tie" };

/** A verdict: the winner, its probability, both orders, and where the texts differ. */
export function VerdictResult({ verdict, texts }: { verdict: Verdict; texts: readonly [string, string] }) {
  const { preferred, probability, perOrder, consistent, critique, signature } = verdict;
  const active = useSignal<number | undefined>(undefined);
  return (
    <>
      <header class="verdict">
        <div class="score" data-testid="preferred">
          {SAID[preferred]}
        </div>
        <div class="balance">
          <span class="balance-end">
            A <span class="number">{percent(probability)}</span>
          </span>
          <meter min={0} max={1} value={probability} aria-label={`Probability that A is better: ${percent(probability)}`} />
          <span class="balance-end">
            <span class="number">{percent(1 - probability)}</span> B
          </span>
        </div>
      </header>
      <p class="hint">
        {consistent ? "Both orders name the same winner: " : "The two orders disagree: "}
        {perOrder.map(({ order, preferred: winner }) => `shown as ${order.toUpperCase()}, ${SAID[winner].toLowerCase().replace(/^[ab]\b/, (x) => x.toUpperCase())}`).join("; ")}.
      </p>
      <Critique critique={critique} active={active} linked={false} />
      <Differences a={texts[0]} b={texts[1]} />
      <SignatureLine signature={signature} />
      <ResultTools name="verdict" value={verdict} />
    </>
  );
}
