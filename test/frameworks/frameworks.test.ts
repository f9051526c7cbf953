import { describe, expect, it } from "vitest";
import { checkEvidence } from "#scores/controls";
import { frameworks } from "#frameworks/registry";
import { about } from "../support/about.ts";
import type { Framework } from "../../src/frameworks/framework.ts";

const files = import.meta.glob<{ readonly framework?: Framework }>("../../src/frameworks/*.ts", { eager: true });
const all = Object.values(files).flatMap(({ framework }) => (framework ? [framework] : []));

describe.each(all)("$id", (framework) => {
  const titles = Object.entries(framework.controls);

  it("has two to eight words of ours for each control", () => {
    const words = (title: string): number => title.split(/\s+/).length;
    expect(titles.filter(([, title]) => words(title) < 2 || words(title) > 8)).toEqual([]);
  });

  it("knows every control that a check names", () => {
    const named = (checkEvidence(about).get(framework.id) ?? []).map(({ id }) => id);
    expect(named.filter((id) => !Object.hasOwn(framework.controls, id))).toEqual([]);
  });

  it("stands in the registry with as many controls as it has", () => {
    const entry = frameworks.find(({ id }) => id === framework.id);
    expect(entry?.controlsTotal).toBe(framework.controlsTotal ?? titles.length);
    expect(entry?.controlsTotal).toBeGreaterThanOrEqual(titles.length);
  });
});

it.each([
  ["cis_aws_3.0", 62],
  ["cis_aws_5.0", 63],
  ["cis_aws_6.0", 63],
  ["cis_aws_7.0", 70],
  ["nist_800_53_r5", 287],
  ["soc2", 27],
  ["iso_27001_2022", 93],
  ["hipaa", 32],
  ["gdpr", 3],
])("%s lists all %i controls", (id, count) => {
  expect(Object.keys(all.find((one) => one.id === id)?.controls ?? {})).toHaveLength(count);
});
