import { expect, test } from "vitest";
import { type Entry, isElsewhere, summarise, verdict } from "../src/requests/log.js";

const ORIGIN = "https://here.example";
const entry = (url: string, time = 0): Entry => ({ url, time, from: "page" });

test("only http requests to other origins leave the site", () => {
  expect(isElsewhere("https://here.example/models/x", ORIGIN)).toBe(false);
  expect(isElsewhere("https://there.example/", ORIGIN)).toBe(true);
  expect(isElsewhere("http://here.example/", ORIGIN)).toBe(true);
  expect(isElsewhere("blob:https://here.example/1", ORIGIN)).toBe(false);
  expect(isElsewhere("data:text/plain,x", ORIGIN)).toBe(false);
});

test("the verdict says where requests went", () => {
  const entries = [entry(`${ORIGIN}/a`, 1), entry(`${ORIGIN}/b`, 5)];
  expect(verdict(summarise(entries, ORIGIN), 0, false)).toBe("2 requests, all to this site.");
  expect(verdict(summarise(entries, ORIGIN, 6), 0, true)).toBe(
    "2 requests, all to this site, none since the judge was loaded.",
  );
  expect(verdict(summarise(entries, ORIGIN, 3), 1, true)).toBe(
    "2 requests, all to this site, 1 since the judge was loaded. The browser refused 1 request.",
  );
  const leaked = [...entries, entry("https://there.example/", 9)];
  expect(verdict(summarise(leaked, ORIGIN, 6), 0, true)).toBe("1 request of 3 went to another site.");
});
