/** Checks in a worker of their own: a pattern may take long on a long text, and a worker can be ended. */

import { answerWith } from "../workers/answer.js";
import { run } from "./run.js";

answerWith(run);
