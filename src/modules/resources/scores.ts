import { checks } from "#checks/registry";
import { readVerdicts, type StoredVerdict } from "#scans/verdicts";
import { costScoreOf, riskScoreOf } from "#scores/risk";

interface ScoredRow {
  readonly verdicts: string;
  readonly crossVerdicts: string;
  readonly riskLog: number;
  readonly savingsMonthly: number | null;
}

const costChecks: ReadonlySet<string> = new Set(checks.filter(({ domain }) => domain === "cost").map(({ id }) => id));

/** All that was last judged of a resource, within its service and across. */
export const verdictsOf = (row: {
  readonly verdicts: string;
  readonly crossVerdicts: string;
}): [string, StoredVerdict][] => [...readVerdicts(row.verdicts), ...readVerdicts(row.crossVerdicts)];

/** 0–100 each; null while nothing of the kind could be judged. Cost is no risk. */
export function scoresOf(row: ScoredRow): { riskScore: number | null; costScore: number | null } {
  const judged = verdictsOf(row).filter(([, { status }]) => status !== "unknown");
  const isJudged = (isCost: boolean): boolean => judged.some(([check]) => costChecks.has(check) === isCost);
  return {
    riskScore: isJudged(false) ? riskScoreOf(row.riskLog) : null,
    costScore: isJudged(true) ? costScoreOf(row.savingsMonthly ?? 0) : null,
  };
}
