import { useSignal } from "@preact/signals";
import type { Signature } from "rubrica";
import { download } from "./download.js";

/** A signature in one line. */
export function oneLine(signature: Signature): string {
  const { protocol, version, models = [], device, template, rubric, options = {}, seed } = signature;
  const parts = [
    `${protocol}`,
    ...models.map(({ id, sha256, precision }) => `${id}@${sha256.slice(0, 8)} ${precision}`),
    device,
    template,
    rubric === undefined ? undefined : `rubric ${rubric.slice(0, 8)}`,
    ...Object.entries(options).map(([key, value]) => `${key}=${value}`),
    seed === undefined ? undefined : `seed ${seed}`,
    `v${version}`,
  ];
  return parts.filter((part) => part !== undefined).join(" · ");
}

/** What produced the result; equal signatures mean comparable results. */
export function SignatureLine({ signature }: { signature: Signature }) {
  return (
    <details class="signature-line">
      <summary>
        Signature <span class="signature">{oneLine(signature)}</span>
      </summary>
      <p class="hint">Two results with the same signature can be compared with each other.</p>
      <pre tabIndex={0} role="region" aria-label="Signature as JSON">{JSON.stringify(signature, null, 2)}</pre>
    </details>
  );
}

/** Copies or downloads a result as JSON. */
export function ResultTools({ name, value }: { name: string; value: unknown }) {
  const said = useSignal("");
  const text = () => JSON.stringify(value, null, 2);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      said.value = "Copied.";
    } catch {
      said.value = "The browser did not allow copying; download instead.";
    }
  };
  const save = () => download(`rubrica-${name}.json`, [text()], "application/json");
  return (
    <div class="actions">
      <button type="button" onClick={() => void copy()}>
        Copy JSON
      </button>
      <button type="button" onClick={save}>
        Download JSON
      </button>
      <span role="status" class="hint">
        {said}
      </span>
    </div>
  );
}
