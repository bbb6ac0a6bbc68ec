/** Light or dark: the system's choice until the reader chooses. */

import { effect, signal } from "@preact/signals";
import { kept } from "./kept.js";

export type Theme = "light" | "dark";

const system = matchMedia("(prefers-color-scheme: dark)");
/** Empty until the reader chooses. */
const chosen = kept("theme", "", "browser");
const ofSystem = signal<Theme>(system.matches ? "dark" : "light");
system.addEventListener("change", () => {
  ofSystem.value = system.matches ? "dark" : "light";
});

export function theme(): Theme {
  const { value } = chosen;
  return value === "light" || value === "dark" ? value : ofSystem.value;
}

export function toggleTheme(): void {
  chosen.value = theme() === "dark" ? "light" : "dark";
}

effect(() => {
  document.documentElement.dataset.theme = theme();
});
