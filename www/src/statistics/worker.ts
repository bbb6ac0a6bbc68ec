/** Statistics in a worker of their own: they need no judge, and a million battles take a while. */

import { agree, auditJudge, rank, report, reports } from "rubrica/statistics";
import { answerWith } from "../workers/answer.js";
import type { NamedOptions, Question } from "./ask.js";
import { withCommas } from "./table.js";

const WORK = {
  agree,
  rank,
  auditJudge,
  report: (records: string, { report: name, options }: NamedOptions) => report(name, records, options),
  reports: () => reports(),
};

answerWith(({ name, records, options }: Question) => WORK[name](withCommas(records), options as never));
