/** Numbers and findings in plain words. */

import type { Evidence, Severity } from "rubrica";

export function fixed(value: number, digits = 2): string {
  return value.toFixed(digits);
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Words of a text, by white space, or characters where there is none to speak of. */
export function lengthOf(text: string): string {
  const trimmed = text.trim();
  if (trimmed === "") return "empty";
  const words = trimmed.split(/\s+/u).length;
  const characters = [...trimmed].length;
  const spaced = characters / words < 25;
  return spaced ? `about ${words.toLocaleString("en")} words` : `${characters.toLocaleString("en")} characters`;
}

export const SEVERITIES: readonly { readonly id: Severity; readonly title: string; readonly sign: string }[] = [
  { id: "major", title: "Major problems", sign: "✕" },
  { id: "minor", title: "Minor problems", sign: "▾" },
  { id: "note", title: "Notes", sign: "•" },
  { id: "strength", title: "Strengths", sign: "▴" },
];

/** What a point rests on. */
export function evidence(of: Evidence): string {
  switch (of.kind) {
    case "occlusion": {
      const how = of.exact ? "read again without it" : "estimated by leaving it out";
      return `${fixed(of.with)} with this part, ${fixed(of.without)} without (${how})`;
    }
    case "check":
      return `check ${of.check}: ${of.found}`;
    case "rule":
      return of.expected === undefined ? `${of.rule}: ${of.found}` : `${of.rule}: ${of.found}; expected ${of.expected}`;
    case "metric":
      return `${of.metric.replaceAll("_", " ")} is ${fixed(of.value)}; ${fixed(of.limit)} is where it stands out`;
    case "anchor":
      return `scored ${fixed(of.score)}, nearest to point ${of.point} of the scale`;
    case "segment":
    case "grounding":
      return `${of.label}, ${percent(of.probability)}`;
    case "context":
      return `of the context; ${percent(of.relevant)} likely to help, ${percent(of.used)} likely used`;
    case "written":
      return `written by ${of.model}`;
  }
}

/** What a confidence means: how narrow the distribution is, not how often the judge is right. */
export function confidence(value: number): string {
  const how = value < 0.15 ? "hardly" : value < 0.4 ? "a little" : value < 0.7 ? "fairly" : "strongly";
  return `The bars are ${how} concentrated (${percent(value)}; 0 % is evenly spread, 100 % one bar). This is not how often the judge is right.`;
}
