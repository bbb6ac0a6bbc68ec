import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";

interface GroupProps {
  /** Colours of a severity. */
  readonly id: string;
  readonly title: string;
  readonly sign: string;
  readonly children: ComponentChildren;
}

/** Findings of one kind under a heading. */
export function Group({ id, title, sign, children }: GroupProps) {
  return (
    <section class={`group ${id}`} aria-label={title}>
      <h3>
        <span aria-hidden="true" class="sign">
          {sign}
        </span>
        {title}
      </h3>
      <ul>{children}</ul>
    </section>
  );
}

interface FindingProps {
  readonly index: number;
  /** Index of the finding that is pointed at, here or in the text. */
  readonly active: Signal<number | undefined>;
  readonly message: string;
  readonly suggestion?: string | undefined;
  /** Whether a mark in the text shows where. */
  readonly marked: boolean;
  /** What it rests on. */
  readonly children: ComponentChildren;
}

/** A finding, linked to its mark in the text. */
export function Finding({ index, active, message, suggestion, marked, children }: FindingProps) {
  const lit = active.value === index;
  const pointAt = () => {
    active.value = index;
  };
  const leave = () => release(active, index);
  const showInText = (event: Event) => {
    event.preventDefault();
    active.value = index;
    reveal(`mark-${index}`);
  };
  return (
    <li id={`point-${index}`} class={lit ? "point lit" : "point"} tabIndex={-1} onMouseEnter={pointAt} onMouseLeave={leave} onFocus={pointAt}>
      <p class="message" dir="auto">
        {message}
      </p>
      {suggestion !== undefined && <p class="suggestion" dir="auto">{suggestion}</p>}
      <p class="evidence">
        {children}
        {marked && (
          <a href={`#mark-${index}`} onClick={showInText} onFocus={pointAt} onBlur={leave}>
            Show in the text
          </a>
        )}
      </p>
    </li>
  );
}

/** Lets go of the active finding, unless the focus is on it or its mark: scrolling there moves the mouse off. */
export function release(active: Signal<number | undefined>, index: number): void {
  const focused = document.activeElement?.id;
  if (focused !== `mark-${index}` && focused !== `point-${index}`) active.value = undefined;
}

/** Brings an element into view and gives it the focus. */
export function reveal(id: string): void {
  const element = document.getElementById(id);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element?.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
  element?.focus({ preventScroll: true });
}
