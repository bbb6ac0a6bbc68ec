import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

/** What ties a control to its label, hint and error. */
export interface ControlIds {
  readonly id: string;
  readonly "aria-describedby"?: string;
  readonly "aria-invalid"?: true;
  /** From the first letter that has a direction. Code and records stay from left to right. */
  readonly dir: "auto";
}

interface Props {
  readonly label: string;
  readonly hint?: ComponentChildren;
  readonly error?: string | undefined;
  readonly children: (ids: ControlIds) => ComponentChildren;
}

/** A control with its label, a hint and the message of what is wrong with it. */
export function Field({ label, hint, error, children }: Props) {
  const id = useId();
  const described = [hint === undefined ? "" : `${id}-hint`, error === undefined ? "" : `${id}-error`];
  const describedBy = described.filter((part) => part !== "").join(" ");
  const ids: ControlIds = {
    id,
    dir: "auto",
    ...(describedBy === "" ? {} : { "aria-describedby": describedBy }),
    ...(error === undefined ? {} : { "aria-invalid": true as const }),
  };
  return (
    <div class="field">
      <div class="field-head">
        <label class="label" for={id}>
          {label}
        </label>
        {hint !== undefined && (
          <span class="hint" id={`${id}-hint`}>
            {hint}
          </span>
        )}
      </div>
      {children(ids)}
      {error !== undefined && (
        <p class="error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}
