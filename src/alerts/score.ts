import type { CheckCounts } from "#db/values";
import type { AboutChecks } from "#scans/about";
import { complianceScoreOf, controlScoreOf, type ControlScore } from "#scores/compliance";
import { frameworkEvidence, type OwnFramework, type OwnRule } from "#scores/controls";

/** What a score is made of: JSON. `verdicts`: null where nothing was ever looked at; `controls`: of an organization's own framework. */
export interface ScoreRow {
  readonly awsAccountId: string | null;
  readonly verdicts: string | null;
  readonly controls: string | null;
  readonly rules: string;
}

/** Unknown: nothing it is made of could be judged. Null: it is made of nothing, or nothing was ever looked at. */
export function scoreOf(
  { verdicts, controls, rules }: ScoreRow,
  framework: string,
  about: AboutChecks,
  taken = (control: ControlScore): ControlScore => control,
): number | "unknown" | null {
  if (verdicts === null) return null;
  // safe: written by us.
  const own =
    controls === null ? framework : { id: framework, controls: JSON.parse(controls) as OwnFramework["controls"] };
  const counts = JSON.parse(verdicts) as CheckCounts;
  const evidence = frameworkEvidence(about, own, JSON.parse(rules) as OwnRule[]);
  if (evidence.length === 0) return null;
  return complianceScoreOf(evidence.map((control) => taken(controlScoreOf(control, counts)))).score ?? "unknown";
}

/** As if all that is unknown had failed. */
export function atWorst(control: ControlScore): ControlScore {
  let [held, all] = [0, 0];
  for (const { passed, failed, unknown } of control.evidence) {
    held += passed;
    all += passed + failed + unknown;
  }
  return { ...control, passRate: all === 0 ? null : held / all };
}
