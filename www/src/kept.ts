/** What stands in the forms survives a reload. Texts are kept for this tab and go with it; the theme stays. */

import { effect, type Signal, signal } from "@preact/signals";
import type { RequirementsDraft } from "./check/requirements-field.js";
import type { RubricModel } from "./rubric/model.js";

const PREFIX = "rubrica:";
/** Milliseconds without another key before a text is written. */
const REST = 200;

/** The storages by the time that they last. */
const STORAGES = { tab: () => globalThis.sessionStorage, browser: () => globalThis.localStorage } as const;
export type Lasting = keyof typeof STORAGES;

const waiting = new Map<string, () => void>();
let timer: ReturnType<typeof setTimeout> | undefined;

globalThis.addEventListener?.("pagehide", write);

/** What can be kept. */
interface Kinds {
  readonly text: string;
  readonly tick: boolean;
  readonly texts: readonly string[];
}
type Kind<T> = T extends string ? Kinds["text"] : T extends boolean ? Kinds["tick"] : Kinds["texts"];

/** A signal that begins with what was kept of it. */
export function kept<T extends Kinds[keyof Kinds]>(name: string, first: T, lasting: Lasting = "tab"): Signal<Kind<T>> {
  const found = read(lasting, name);
  const value = signal((isLike(first, found) ? found : first) as Kind<T>);
  effect(() => keep(lasting, name, value.value));
  return value;
}

/** Whether something was kept under `name` when the page was opened. */
export function isKept(name: string, lasting: Lasting = "tab"): boolean {
  return read(lasting, name) !== undefined;
}

/** The rubric of a form: a built-in by its name, another by its text, wrong or not. */
export function keepRubric(name: string, model: RubricModel): void {
  const [chosen, text] = [read("tab", `${name}.chosen`), read("tab", `${name}.text`)];
  if (typeof chosen === "string") void model.choose(chosen);
  else if (typeof text === "string" && text !== "") void model.editText(text);
  effect(() => {
    // Nothing stands there until the built-in rubrics have come.
    if (model.text.value === "" && model.chosen.value === undefined) return;
    keep("tab", `${name}.chosen`, model.chosen.value ?? null);
    keep("tab", `${name}.text`, model.chosen.value === undefined ? model.text.value : "");
  });
}

/** Requirements in both of their forms. */
export function keepRequirements(name: string, draft: RequirementsDraft): void {
  const form = read("tab", `${name}.form`);
  if (form === "english" || form === "json") draft.form.value = form;
  effect(() => keep("tab", `${name}.form`, draft.form.value));
  for (const form of ["english", "json"] as const) {
    const text = read("tab", `${name}.${form}`);
    if (typeof text === "string") draft.of(form).value = text;
    effect(() => keep("tab", `${name}.${form}`, draft.of(form).value));
  }
}

function isLike(first: unknown, found: unknown): boolean {
  if (Array.isArray(first)) return Array.isArray(found) && found.every((part) => typeof part === "string");
  return typeof found === typeof first;
}

function keep(lasting: Lasting, name: string, value: unknown): void {
  waiting.set(name, () => STORAGES[lasting]().setItem(PREFIX + name, JSON.stringify(value)));
  clearTimeout(timer);
  timer = setTimeout(write, REST);
}

/** Writes what waits. Without room, or where the browser keeps nothing, the page works on, and forgets. */
function write(): void {
  for (const [name, store] of waiting) {
    try {
      store();
    } catch {
      console.info(`Not kept over a reload: ${name}.`);
    }
  }
  waiting.clear();
}

function read(lasting: Lasting, name: string): unknown {
  try {
    const text = STORAGES[lasting]().getItem(PREFIX + name);
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
