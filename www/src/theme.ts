/** Light or dark: the system's choice until the reader chooses. */

import { effect, signal } from "@preact/signals";

export type Theme = "light" | "dark";

const system = matchMedia("(prefers-color-scheme: dark)");
const chosen = signal<Theme | undefined>(undefined);
const ofSystem = signal<Theme>(system.matches ? "dark" : "light");
system.addEventListener("change", () => {
  ofSystem.value = system.matches ? "dark" : "light";
});

export function theme(): Theme {
  return chosen.value ?? ofSystem.value;
}

export function toggleTheme(): void {
  chosen.value = theme() === "dark" ? "light" : "dark";
}

effect(() => {
  document.documentElement.dataset.theme = theme();
});
