/** Runs the checks on one response, and pairs each requirement with what came of it. */

import {
  check,
  checkRow,
  type AssertedRow,
  type ConstrainedRow,
  type FollowedRow,
  readConstraints,
  RubricaError,
  type Span,
} from "rubrica/metrics";
import type { Requirements } from "./requirements.js";
import { options, understood } from "./understood.js";

export interface Question {
  readonly response: string;
  readonly requirements: Requirements;
}

/** One requirement, as it was asked and as it was understood, and whether it is met. */
export interface Item {
  readonly asked: string;
  readonly understood: string;
  readonly passed: boolean;
  /** Of IFEval: whether the best of eight variants of the response meets it. */
  readonly loosely?: boolean;
  readonly found: string;
  readonly suggestion?: string | undefined;
  readonly span?: Span | undefined;
}

export interface Checked {
  readonly pass: boolean;
  readonly items: readonly Item[];
  /** Clauses in plain English that no rule understood. */
  readonly unread: readonly string[];
  /** Of assertions: their mean by weight, and the least that suffices if that was said. */
  readonly score?: number;
  readonly threshold?: number | undefined;
  /** As the package gives it. */
  readonly verdict: FollowedRow | AssertedRow | ConstrainedRow;
}

export async function run({ response, requirements }: Question): Promise<Checked> {
  try {
    if ("constraints" in requirements) return await constrained(response, requirements.constraints);
    if ("assert" in requirements) return await asserted(response, requirements);
    return await followed(response, requirements);
  } catch (error) {
    throw error instanceof RubricaError ? inTheField(error) : error;
  }
}

async function constrained(response: string, constraints: string): Promise<Checked> {
  const [verdict, { checks }] = await Promise.all([checkRow({ response, constraints }), readConstraints(constraints)]);
  const { pass, results, unread } = verdict;
  const items = results.map(({ id, passed, found, span, suggestion }, i) => {
    const read = checks[i];
    return { asked: id, understood: read === undefined ? "" : understood(read), passed, found, span, suggestion };
  });
  return { pass, items, unread, verdict };
}

async function asserted(response: string, row: Extract<Requirements, { assert: unknown }>): Promise<Checked> {
  const verdict = await checkRow({ response, ...row });
  const items = verdict.results.map(({ type, pass, reason }, i) => {
    const { type: _, ...rest } = row.assert[i] ?? { type };
    return { asked: type, understood: options(rest), passed: pass, found: reason };
  });
  return { pass: verdict.pass, items, unread: [], score: verdict.score, threshold: row.threshold, verdict };
}

async function followed(response: string, row: Extract<Requirements, { instruction_id_list: unknown }>): Promise<Checked> {
  const verdict = await checkRow({ response, ...row });
  // The verdict is in booleans only; the same instructions as checks say what they ask for.
  const asked = row.instruction_id_list.map((instruction, i) => ({
    kind: "instruction",
    instruction,
    kwargs: row.kwargs?.[i] ?? {},
  }));
  const told = await check(response, asked);
  const items = asked.map(({ instruction, kwargs }, i) => ({
    asked: instruction,
    understood: options(kwargs),
    passed: verdict.followStrict[i] ?? false,
    loosely: verdict.followLoose[i] ?? false,
    found: told[i]?.found ?? "",
    suggestion: told[i]?.suggestion,
  }));
  return { pass: verdict.followStrict.every(Boolean), items, unread: [], verdict };
}

/** The package speaks of a row; the page has no rows, but a field of requirements. */
function inTheField({ code, message }: RubricaError): RubricaError {
  return new RubricaError(code, message.replace(/^row\./, "").replace(/^(row|constraints)\b/, "requirements"));
}
