/** Agreement with marks in a worker of its own, as intervals take resamples. */

import { agree, report } from "rubrica/statistics";
import { answerWith } from "../workers/answer.js";
import { agreementOf, type Question } from "./agreement.js";

answerWith((question: Question) => agreementOf(question, { agree, report }));
