/** A row as exports write it. */

import type { Signature } from "rubrica";
import type { Brief, Mark, Outcome } from "../outcome.js";
import type { Batch } from "../plan.js";
import type { Row } from "../table.js";

/** Everything about a row. */
export interface Whole {
  /** From 1. */
  readonly number: number;
  readonly name: string;
  readonly row: Row;
  readonly text: string;
  readonly instruction: string;
  readonly brief?: Brief | undefined;
  readonly outcome?: Outcome | undefined;
  readonly mark?: Mark | undefined;
}

/** What an export is made of. */
export interface Input {
  readonly batch: Batch;
  readonly rows: AsyncIterable<Whole>;
}

/** Why a row has no result, if it failed. */
export function faultOf({ row, brief }: Whole): string | undefined {
  return row.fault ?? brief?.fault;
}

/** The models of a signature, in words. */
export function modelsOf({ models = [] }: Signature): string {
  return models.map(({ id, sha256, precision }) => `${id} (${precision}, sha256 ${sha256.slice(0, 16)}…)`).join(", ");
}
