import { describe, expect, it } from "vitest";
import type { Exposure, Severity } from "#checks/check";
import { impactOf, labelOf, priorityOf, type PriorityInput } from "#scores/priority";
import { accountRiskOf, costScoreOf, resourceRiskLog, riskLog, riskScoreOf, type Environment } from "#scores/risk";

const findings = (severity: Severity, n: number) => ({ low: 0, medium: 0, high: 0, critical: 0, [severity]: n });
const usual = { exposed: false, production: false, savingsMonthly: 0, domain: "network", confidence: 1 };

describe("what docs/scores.md tells of priorities", () => {
  it.each<[string, Partial<PriorityInput> & Pick<PriorityInput, "counts">, number, string, string]>([
    ["one critical, exposed", { counts: findings("critical", 1), exposed: true }, 90, "critical", "high"],
    ["12 high", { counts: findings("high", 12), exposed: true, production: true }, 79.9, "high", "high"],
    ["risk and cost", { counts: findings("high", 1), savingsMonthly: 365, effort: "high" }, 79.7, "high", "high"],
    [
      "cost",
      { counts: findings("medium", 1), domain: "cost", savingsMonthly: 99.68, confidence: 0.85 },
      62.8,
      "high",
      "medium",
    ],
    ["30 low", { counts: findings("low", 30) }, 21.6, "low", "low"],
  ])("%s", (_, input, score, label, impact) => {
    const priority = priorityOf({ ...usual, effort: "low", ...input });
    expect([priority.priorityScore, labelOf(priority), impactOf(priority)]).toEqual([score, label, impact]);
  });
});

const one = (severity: Severity, exposure: Exposure = "internal", environment: Environment = "production") => ({
  severity,
  riskLog: riskLog({ severity, exposure, environment, confidence: 1 }),
});

describe("what docs/scores.md tells of risk", () => {
  it.each([
    [[one("critical")], 60],
    [[one("critical", "internet")], 75],
    [[one("critical", "idle", "development")], 29.4],
    [[one("high"), one("high"), one("high"), one("high")], 55],
    [[one("high", "internet"), one("medium", "internet")], 46.9],
    [[one("high", "internal", "development"), one("medium", "internal", "development")], 27.6],
  ])("%j is %d", (all, score) => {
    expect(riskScoreOf(resourceRiskLog(all))).toBe(score);
  });

  it("of accounts, and of cost", () => {
    expect(accountRiskOf([resourceRiskLog([one("critical", "internet")])])).toBe(37.5);
    expect([costScoreOf(10), costScoreOf(100), costScoreOf(999)]).toEqual([34.7, 66.8, 100]);
  });
});
