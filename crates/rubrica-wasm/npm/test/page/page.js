// A plain page: no bundler, the package's files as they are.
import { Evaluator, RubricaError } from "/rubrica/dist/index.js";
import * as metrics from "/rubrica/dist/metrics.js";

Object.assign(globalThis, { Evaluator, RubricaError, metrics });
