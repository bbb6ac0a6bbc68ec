/**
 * The records that cross between JavaScript and Rubrica's core. They mirror the crate
 * `rubrica-core`, with fields in camelCase and offsets in UTF-16 code units, as JavaScript counts.
 */

export type * from "./types/judging.js";
export type * from "./types/measuring.js";
export type * from "./types/statistics.js";
export type * from "./types/calling.js";
