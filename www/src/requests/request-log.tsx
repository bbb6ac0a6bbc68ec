import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { loading } from "../judge.js";
import { isElsewhere, summarise, verdict } from "./log.js";
import { askWorkers, blocked, entries } from "./watch.js";

/** The proof that nothing left, at the foot of every view. */
export function RequestLog() {
  const line = useComputed(() => {
    const now = loading.value;
    const since = now.state === "ready" ? readySince.value : undefined;
    return verdict(summarise(entries.value, location.origin, since), blocked.value.length, since !== undefined);
  });
  const readySince = useSignal<number | undefined>(undefined);
  useEffect(() =>
    loading.subscribe((now) => {
      if (now.state !== "ready") return;
      readySince.value ??= now.since;
      void askWorkers();
    }),
  );
  const open = useSignal(false);
  return (
    <details
      class="requests"
      open={open.value}
      onToggle={(event) => {
        open.value = event.currentTarget.open;
        if (open.value) void askWorkers();
      }}
    >
      <summary>
        <span class="requests-title">Request log</span> <span data-testid="request-verdict">{line}</span>
      </summary>
      <p>
        Every request since this page was opened, as the browser recorded it, the judge's worker included. A content
        security policy forbids requests to any other site. What you type is kept for this tab alone and is gone when you
        close it; a batch is kept in this browser until you delete it.
      </p>
      <div class="scroll" tabIndex={0} role="region" aria-label="Requests">
        <table>
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">Made by</th>
              <th scope="col">Went to</th>
            </tr>
          </thead>
          <tbody>
            {entries.value.map(({ url, time, from }) => (
              <tr key={`${time} ${url}`}>
                <td class="number">{new Date(time).toLocaleTimeString()}</td>
                <td>{from}</td>
                <td>
                  {isElsewhere(url, location.origin) ? `another site: ${url}` : path(url)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {blocked.value.length > 0 && <p>Refused by the policy: {blocked.value.join(", ")}</p>}
    </details>
  );
}

function path(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin === location.origin ? `this site: ${decodeURIComponent(pathname)}` : url;
}
