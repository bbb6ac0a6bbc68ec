/** The one batch of the page, and what is asked of it. */

import { signal } from "@preact/signals";
import { RequirementsDraft } from "../check/requirements-field.js";
import { isKept, keepRequirements, keepRubric, kept } from "../kept.js";
import { RubricModel } from "../rubric/model.js";
import { BatchModel } from "./model.js";
import type { Plan } from "./plan.js";
import type { Query } from "./query.js";
import { Running } from "./running.js";

export const model = new BatchModel();
export const running = new Running(model);

/** Whether this tab was here before: then its forms say more than the batch that was kept. */
const isBack = isKept("batch.withRubric");

/** Whether to judge, whether to check, and with what. */
export const withRubric = kept("batch.withRubric", true);
export const withRequirements = kept("batch.withRequirements", false);
export const occlude = kept("batch.occlude", false);
export const rubric = new RubricModel("helpfulness");
keepRubric("batch.rubric", rubric);
export const requirements = new RequirementsDraft();
keepRequirements("batch.requirements", requirements);
/** Rows that are pasted, until they are read. */
export const pasted = kept("batch.pasted", "");

export const FIRST: Query = { search: "", show: "all", sort: "file", direction: "up" };
export const query = signal<Query>(FIRST);
/** The row that is shown whole. */
export const shown = signal<number | undefined>(undefined);

/** What was set when the kept batch was started stands in the form of a new tab again. */
export function takeUp(plan: Plan): void {
  if (isBack) return;
  withRubric.value = plan.rubric !== undefined;
  withRequirements.value = plan.requirements !== undefined;
  occlude.value = plan.occlude;
  if (plan.rubric !== undefined) void rubric.take(plan.rubric);
  const asked = plan.requirements;
  if (asked === undefined) return;
  if ("constraints" in asked) requirements.take("english", asked.constraints);
  else requirements.take("json", JSON.stringify("assert" in asked && asked.threshold === undefined ? asked.assert : asked, null, 2));
}
