/** What a batch is, and what was asked of each of its rows: kept with it, so that it can go on. */

import type { ResolvedRubric } from "rubrica";
import type { Requirements } from "../check/requirements.js";
import type { Mapping } from "./mapping.js";

/** What is done with each row. */
export interface Plan {
  readonly mapping: Mapping;
  readonly rubric?: ResolvedRubric;
  readonly requirements?: Requirements;
  /** Whether to judge again without each sentence, for a critique that points at them. */
  readonly occlude: boolean;
}

/** A batch, without its rows. */
export interface Batch {
  /** Files that it was read from. */
  readonly name: string;
  readonly columns: readonly string[];
  readonly count: number;
  readonly mapping: Mapping;
  /** Once it was started. */
  readonly plan?: Plan;
  /** Whether rows are still wanted: it was neither finished nor cancelled. */
  readonly unfinished?: boolean;
  /** Whether the judge's scores are hidden until a row is marked. */
  readonly blind?: boolean;
}
