/** Which view is shown, in the address after `#`. */

import { signal } from "@preact/signals";

export const VIEWS = ["score", "compare", "batch", "check", "rank", "audit"] as const;
export type View = (typeof VIEWS)[number];

export const view = signal<View>(read());
addEventListener("hashchange", () => {
  view.value = read();
});

function read(): View {
  const name = location.hash.replace(/^#\//, "");
  return VIEWS.find((known) => known === name) ?? "score";
}
