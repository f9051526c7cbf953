import * as fc from "fast-check";
import { describe, it } from "vitest";
import { exposures, severities, type Severity } from "#checks/check";
import { impactOf, labelOf, priorityOf, type PriorityInput } from "#scores/priority";
import {
  accountRiskOf,
  costScoreOf,
  environmentOf,
  environments,
  resourceRiskLog,
  riskLog,
  riskScoreOf,
  type Risk,
} from "#scores/risk";

const none = { critical: 0, high: 0, medium: 0, low: 0 };
const input = (more: Partial<PriorityInput>): PriorityInput => ({
  counts: none,
  exposed: false,
  production: false,
  savingsMonthly: 0,
  domain: "network_exposure",
  effort: "low",
  confidence: 1,
  ...more,
});
const cost = (savingsMonthly: number, more: Partial<PriorityInput> = {}): PriorityInput =>
  input({ domain: "cost", counts: { ...none, low: 1 }, savingsMonthly, ...more });

describe("priorityScore", () => {
  it.for([
    ["a public bucket", input({ counts: { ...none, critical: 1 }, exposed: true }), 90],
    ["root without MFA in production", input({ counts: { ...none, critical: 1 }, production: true }), 90],
    [
      "twelve open ports, exposed, in production",
      input({ counts: { ...none, high: 12 }, exposed: true, production: true }),
      79.9,
    ],
    [
      "an idle database, $99.68, confidence 0.85",
      cost(99.68, { confidence: 0.85, counts: { ...none, medium: 1 } }),
      62.8,
    ],
    [
      "two unencrypted databases in production, high effort",
      input({ counts: { ...none, high: 2 }, production: true, effort: "high" }),
      59.9,
    ],
    ["thirty gp2 volumes, $60", cost(60, { confidence: 0.95 }), 58.3],
    ["four VPCs without flow logs", input({ counts: { ...none, medium: 4 } }), 42.7],
    ["an idle address, $3.65", cost(3.65), 22.2],
    ["thirty buckets without logs", input({ counts: { ...none, low: 30 } }), 21.6],
  ] as const)("%s", ([, given, expected], { expect }) => {
    expect(priorityOf(given).priorityScore).toBe(expected);
  });

  const inputs = fc.record({
    counts: fc.record({
      critical: fc.nat(50),
      high: fc.nat(500),
      medium: fc.nat(5_000),
      low: fc.nat(50_000),
    }),
    exposed: fc.boolean(),
    production: fc.boolean(),
    savingsMonthly: fc.double({ min: 0, max: 1e7, noNaN: true }),
    domain: fc.constantFrom("cost", "resilience"),
    effort: fc.constantFrom("low", "medium", "high"),
    confidence: fc.double({ min: 0, max: 1, noNaN: true }),
  }) as fc.Arbitrary<PriorityInput>;

  it("stays within 0 and 100, is explained by its parts, and never falls when there is more of it", ({ expect }) => {
    fc.assert(
      fc.property(inputs, fc.constantFrom(...severities), fc.nat(1_000), (given, severity, more) => {
        const score = priorityOf(given);
        expect(score.priorityScore).toBeGreaterThanOrEqual(0);
        expect(score.priorityScore).toBeLessThanOrEqual(100);
        const product = score.value * score.effortFactor * score.confidenceFactor;
        expect(score.priorityScore).toBe(Math.round(product * 10) / 10);
        const counts = { ...given.counts, [severity]: given.counts[severity] + 1 };
        expect(priorityOf({ ...given, counts }).priorityScore).toBeGreaterThanOrEqual(score.priorityScore);
        const richer = { ...given, savingsMonthly: given.savingsMonthly + more };
        expect(priorityOf(richer).priorityScore).toBeGreaterThanOrEqual(score.priorityScore);
      }),
      { numRuns: 2_000 },
    );
  });

  it("does not lift many of a severity over one of the next", ({ expect }) => {
    const [low, medium, high, critical] = severities.map((severity: Severity) => severity);
    for (const [below, above] of [
      [low, medium],
      [medium, high],
      [high, critical],
    ] as const) {
      const many = input({ counts: { ...none, [below ?? ""]: 100_000 }, exposed: true, production: true });
      const one = input({ counts: { ...none, [above ?? ""]: 1 } });
      expect(priorityOf(many).risk).toBeLessThan(priorityOf(one).risk);
    }
  });

  it("is told in words", ({ expect }) => {
    const words = [80, 79.9, 60, 59.9, 35, 34.9].map((priorityScore) => labelOf({ priorityScore }));
    expect(words).toEqual(["critical", "high", "high", "medium", "medium", "low"]);
    expect([70, 69, 40, 39].map((value) => impactOf({ value }))).toEqual(["high", "medium", "medium", "low"]);
  });
});

const risk = (severity: Severity, more: Partial<Risk> = {}): { severity: Severity; riskLog: number } => ({
  severity,
  riskLog: riskLog({ severity, exposure: "internal", environment: "production", confidence: 1, ...more }),
});
const scoreOf = (findings: readonly { severity: Severity; riskLog: number }[]): number =>
  riskScoreOf(resourceRiskLog(findings));
const times = <Item>(count: number, item: Item): Item[] => Array.from({ length: count }, () => item);

describe("riskScore", () => {
  it.for([
    ["one critical", [risk("critical")], 60],
    ["one critical on the internet", [risk("critical", { exposure: "internet" })], 75],
    [
      "one critical, detached, in development",
      [risk("critical", { exposure: "idle", environment: "development" })],
      29.4,
    ],
    ["one high", [risk("high")], 30],
    ["four highs meet the cap", times(4, risk("high")), 55],
    ["ten mediums", times(10, risk("medium")), 30],
    ["forty lows", times(40, risk("low")), 10],
    [
      "nine of each but critical",
      [...times(9, risk("high")), ...times(9, risk("medium")), ...times(9, risk("low"))],
      71.7,
    ],
    [
      "a high and a medium on the internet",
      [risk("high", { exposure: "internet" }), risk("medium", { exposure: "internet" })],
      46.9,
    ],
    [
      "the same inside, in development",
      [risk("high", { environment: "development" }), risk("medium", { environment: "development" })],
      27.6,
    ],
    ["nothing", [], 0],
  ] as const)("%s", ([, findings, expected], { expect }) => {
    expect(scoreOf(findings)).toBe(expected);
  });

  it("never falls when a finding is added, and stays below 100", ({ expect }) => {
    const finding = fc
      .record({
        severity: fc.constantFrom(...severities),
        exposure: fc.constantFrom(...exposures),
        environment: fc.constantFrom(...environments),
        confidence: fc.double({ min: 0, max: 1, noNaN: true }),
      })
      .map((one) => ({ severity: one.severity, riskLog: riskLog(one) }));
    fc.assert(
      fc.property(fc.array(finding, { maxLength: 40 }), finding, (findings, one) => {
        expect(scoreOf([...findings, one])).toBeGreaterThanOrEqual(scoreOf(findings));
        expect(scoreOf([...findings, one])).toBeLessThan(100);
      }),
      { numRuns: 2_000 },
    );
  });

  it("of an account: one terrible thing shows, and only the ten worst count", ({ expect }) => {
    const terrible = resourceRiskLog([risk("critical", { exposure: "internet" })]);
    expect(accountRiskOf([terrible])).toBe(37.5);
    expect(accountRiskOf([])).toBe(0);
    expect(accountRiskOf(times(11, terrible))).toBe(accountRiskOf(times(10, terrible)));
  });

  it("costScore: $10, $100 and $999", ({ expect }) => {
    expect([0, 10, 100, 999, 1e6].map(costScoreOf)).toEqual([0, 34.7, 66.8, 100, 100]);
  });

  it("what something is for: its tag, then its account, else production", ({ expect }) => {
    expect(environmentOf({ Env: "Dev-2" }, "production")).toBe("development");
    expect(environmentOf({ stage: " UAT " }, "production")).toBe("staging");
    expect(environmentOf({ environment: "prod" }, "sandbox")).toBe("production");
    expect(environmentOf({ env: "blue" }, "test")).toBe("development");
    expect(environmentOf({ env: "non-prod" }, "production")).toBe("staging");
    expect(environmentOf({}, "shared")).toBe("production");
  });
});
