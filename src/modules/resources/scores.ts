import { checks } from "#checks/registry";
import { severities, type Severity } from "#checks/check";
import { readVerdicts, type StoredVerdict } from "#scans/verdicts";

/** What a failing check of each severity takes away of what is left, in percent. */
const weights: Readonly<Record<Severity, number>> = { low: 5, medium: 20, high: 45, critical: 80 };

const costChecks: ReadonlySet<string> = new Set(
  checks.filter(({ category }) => category === "cost").map(({ id }) => id),
);

/** All that was last judged of a resource, within its service and across. */
export const verdictsOf = (row: {
  readonly verdicts: string;
  readonly crossVerdicts: string;
}): [string, StoredVerdict][] => [...readVerdicts(row.verdicts), ...readVerdicts(row.crossVerdicts)];

/** 0–100 each, from what fails; null while nothing of the kind could be judged. Cost is no risk. */
export function scoresOf(verdicts: readonly (readonly [string, StoredVerdict])[]): {
  riskScore: number | null;
  costScore: number | null;
} {
  const [cost, risk] = [true, false].map((isCost) => verdicts.filter(([check]) => costChecks.has(check) === isCost));
  return { riskScore: score(risk ?? []), costScore: score(cost ?? []) };
}

function score(verdicts: readonly (readonly [string, StoredVerdict])[]): number | null {
  const judged = verdicts.filter(([, { status }]) => status !== "unknown");
  if (judged.length === 0) return null;
  const left = judged.reduce((rest, [, verdict]) => rest * (1 - weightOf(verdict) / 100), 1);
  return Math.round((1 - left) * 100);
}

const weightOf = (verdict: StoredVerdict): number =>
  verdict.status === "fail" ? weights[severities.find((severity) => severity === verdict.severity) ?? "low"] : 0;
