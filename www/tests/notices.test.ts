/** What is said before a text is judged. */

import { RubricaError, type ResolvedRubric } from "rubrica";
import { expect, test } from "vitest";
import { withHelp } from "../src/judge.js";
import { estimate, notices } from "../src/score/notices.js";

const rubric = (description: string, count = 1): ResolvedRubric => ({
  name: "r",
  aggregate: "weighted_mean",
  criteria: Array.from({ length: count }, (_, i) => ({
    id: `c${i}`,
    description,
    weight: 1,
    scale: { kind: "likert", min: 1, max: 5 },
  })),
});
const asked = { response: "The sky is blue.", instruction: "Why?", reference: "", context: "", rubric: rubric("Is it clear?") };

test("nothing is said of a plain case, nor before there is a text", () => {
  expect(notices(asked)).toEqual([]);
  expect(notices({ ...asked, response: " ", instruction: "" })).toEqual([]);
  expect(notices({ ...asked, rubric: undefined })).toEqual([]);
});

test("what the rubric asks about and is not there is named", () => {
  const about = (description: string) => notices({ ...asked, instruction: "", rubric: rubric(description) }).join(" ");
  expect(about("Does it answer the question?")).toContain("asks about an instruction");
  expect(about("Does it agree with the reference?")).toContain("asks about a reference");
  expect(about("Does it rest on the context?")).toContain("asks about a context");
  expect(about("Is it clear?")).toBe("");
});

test("another script than English is told", () => {
  expect(notices({ ...asked, response: "虹は光が屈折してできます。" }).join(" ")).toContain("fitted on English");
  expect(notices({ ...asked, response: "Ça va très bien, merci." })).toEqual([]);
});

test("a long text says how long it takes", () => {
  const response = "word ".repeat(5000);
  expect(estimate(response, 4)).toBeGreaterThan(40);
  expect(notices({ ...asked, response, rubric: rubric("Is it clear?", 4) })).toEqual([
    "This takes about 50 seconds, and the page stays usable meanwhile.",
  ]);
  expect(notices({ ...asked, response: "word ".repeat(20_000), rubric: rubric("Is it clear?", 4) }).join()).toContain("3 minutes");
});

test("a judge that cannot be fetched says what to do", () => {
  const help = withHelp(new RubricaError("network", "http://x/: cannot be fetched (offline)"));
  expect(help).toMatchObject({ code: "network" });
  expect(help.message).toContain("Check, Rank and Audit need no judge");
  const other = new RubricaError("file_hash_mismatch", "sha256 is wrong");
  expect(withHelp(other)).toBe(other);
});
