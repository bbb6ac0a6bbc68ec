import { describe, expect, test } from "vitest";
import { readRequirements } from "../src/check/requirements.js";
import { options, understood } from "../src/check/understood.js";

test("the shapes that checks read are read", () => {
  expect(readRequirements("english", "no commas")).toEqual({ requirements: { constraints: "no commas" }, ignored: [] });
  const assert = [{ type: "contains", value: "a" }];
  expect(readRequirements("json", JSON.stringify(assert)).requirements).toEqual({ assert });
  const row = { key: 1, prompt: "p", instruction_id_list: ["punctuation:no_comma"], kwargs: [null] };
  expect(readRequirements("json", JSON.stringify(row))).toEqual({
    requirements: { instruction_id_list: row.instruction_id_list, kwargs: [null] },
    ignored: ["key", "prompt"],
  });
});

describe("mistakes name their place and what was expected", () => {
  test.each([
    ["{", /^requirements: .+; expected a list of assertions/],
    ["null", /^requirements: are null; expected/],
    ["{}", /^requirements: have no fields; expected/],
    ['{"assert": {}}', /^assert: is \{\}; expected a list; each of it an object/],
    ['{"assert": [], "threshold": 1}', /^assert: is empty; expected at least one$/],
    ['{"assert": [{"type": "is-json"}], "threshold": "1"}', /^threshold: is "1"; expected a number/],
    ['{"instruction_id_list": [1]}', /^instruction_id_list\[0\]: is 1; expected the id/],
    ['{"instruction_id_list": ["a"], "kwargs": [3]}', /^kwargs\[0\]: is 3; expected an object or null$/],
    ['{"instruction_id_list": ["a"], "assert": []}', /^requirements: have both instruction_id_list and assert/],
    ['{"response": "x", "assert": []}', /^response: stands among the requirements/],
  ])("%s", (text, message) => {
    expect(() => readRequirements("json", text)).toThrow(message);
  });
});

test("checks are told by what is set", () => {
  expect(understood({ id: "x", kind: "length", unit: "words", max: 80 })).toBe("length: unit “words”, max 80");
  const phrases = { kind: "contains", all: [], any: ["a", "b"], ignore_case: false, whole_words: true };
  expect(understood(phrases)).toBe("contains: any “a”, “b”, whole words");
  expect(understood({ kind: "no_commas" })).toBe("no commas");
  expect(options({ value: { min: 0 }, threshold: 0 })).toBe('value {"min":0}, threshold 0');
});
