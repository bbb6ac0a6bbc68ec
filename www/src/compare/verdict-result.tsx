import { useSignal } from "@preact/signals";
import type { OrderVerdict, Preference, Verdict } from "rubrica";
import { Critique } from "../critique/critique.js";
import { ResultTools, SignatureLine } from "../signature.js";
import { percent } from "../words.js";
import { Differences } from "./differences.js";

const OUTCOME: Record<Preference, string> = { a: "A is better", b: "B is better", tie: "A tie" };

/** Whether the judge never saw one response beside the other, so that both orders are one comparison of two rewards. */
export function readAlone({ signature }: Verdict): boolean {
  return signature.protocol === "pairwise";
}

function inOrder({ order, preferred }: OrderVerdict): string {
  const outcome = OUTCOME[preferred];
  return `shown as ${order.toUpperCase()}, ${preferred === "tie" ? outcome.toLowerCase() : outcome}`;
}

/** A verdict: the winner, its probability, both orders, and where the texts differ. */
export function VerdictResult({ verdict, texts }: { verdict: Verdict; texts: readonly [string, string] }) {
  const { preferred, probability, perOrder, consistent, critique, signature } = verdict;
  const active = useSignal<number | undefined>(undefined);
  return (
    <>
      <header class="verdict">
        <div class="score" data-testid="preferred">
          {OUTCOME[preferred]}
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
        {readAlone(verdict)
          ? "Each response was read on its own, so their order changes nothing: both orders give the same probability."
          : `${consistent ? "Both orders name the same winner" : "The two orders disagree"}: ${perOrder.map(inOrder).join("; ")}.`}
      </p>
      <Critique critique={critique} active={active} linked={false} />
      <Differences a={texts[0]} b={texts[1]} />
      <SignatureLine signature={signature} />
      <ResultTools name="verdict" value={verdict} />
    </>
  );
}
