/** Which rubric counts when choices, edits and the loading of the built-in ones overlap. */

import { beforeEach, expect, test, vi } from "vitest";

class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly path?: string,
  ) {
    super(message);
  }
}

const rubricOf = (name: string) => ({ name, criteria: [], aggregate: "weighted_mean" as const });
let builtins: PromiseWithResolvers;

interface PromiseWithResolvers {
  promise: Promise<unknown>;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

function deferred(): PromiseWithResolvers {
  let resolve: PromiseWithResolvers["resolve"] = () => {};
  let reject: PromiseWithResolvers["reject"] = () => {};
  const promise = new Promise((done, failed) => {
    resolve = done;
    reject = failed;
  });
  return { promise, resolve, reject };
}

vi.mock("rubrica/metrics", () => ({
  RubricaError: Refused,
  builtinRubrics: () => builtins.promise,
  parseRubric: async (text: string) => {
    if (text.includes("[oops")) throw new Refused("parse_error", "line 1: a list is not closed");
    return rubricOf(text.replace(/^name: /, ""));
  },
  rubricToYaml: async ({ name }: { name: string }) => `name: ${name}`,
}));

const { RubricModel } = await import("../src/rubric/model.js");

beforeEach(() => {
  builtins = deferred();
});
const arrive = () => builtins.resolve(["helpfulness", "essay", "tone"].map(rubricOf));

test("an example that is clicked before the rubrics are there keeps the rubric it asked for", async () => {
  const model = new RubricModel("helpfulness");
  const chosen = model.choose("essay");
  arrive();
  await chosen;
  expect(model.chosen.value).toBe("essay");
  expect((await model.settled()).name).toBe("essay");
  expect(model.text.value).toBe("name: essay");
});

test("without a click the first one is there", async () => {
  const model = new RubricModel("helpfulness");
  arrive();
  expect((await model.settled()).name).toBe("helpfulness");
});

test("what is typed before they are there is not overwritten", async () => {
  const model = new RubricModel("helpfulness");
  const typed = model.editText("name: mine");
  arrive();
  await typed;
  await builtins.promise;
  await Promise.resolve();
  expect((await model.settled()).name).toBe("mine");
  expect(model.chosen.value).toBeUndefined();
});

test("a broken text is an obstacle, and never the rubric before it", async () => {
  const model = new RubricModel("helpfulness");
  arrive();
  await model.settled();
  const before = model.identity.value;
  void model.editText("name: [oops");
  // Asked at once, before the text has been read.
  await expect(model.settled()).rejects.toMatchObject({ code: "parse_error" });
  expect(model.obstacle.value).toBe("The rubric is not right yet: line 1: a list is not closed");
  expect(model.identity.value).not.toBe(before);
  await model.editText("name: mended");
  expect(model.obstacle.value).toBeUndefined();
  expect((await model.settled()).name).toBe("mended");
});

test("the last of several edits counts, whatever the order of the answers", async () => {
  const model = new RubricModel("helpfulness");
  arrive();
  void model.choose("essay");
  void model.editText("name: [oops");
  void model.choose("tone");
  expect((await model.settled()).name).toBe("tone");
  expect(model.error.value).toBeUndefined();
});

test("rubrics that cannot be loaded are an error", async () => {
  const model = new RubricModel("helpfulness");
  builtins.reject(new Refused("network", "cannot be fetched"));
  await expect(model.settled()).rejects.toMatchObject({ code: "network" });
});
