import type { CheckCounts, ConditionResult, PolicyCondition } from "#db/values";
import { complianceScoreOf, controlScoreOf } from "#scores/compliance";
import { frameworkEvidence, type OwnFramework, type OwnRule } from "#scores/controls";
import { accountRiskOf } from "#scores/risk";
import type { AboutChecks } from "./about.ts";

/** A scan that has ended, as policies see it. */
export interface EndedScan {
  readonly id: string;
  readonly runId: string;
  readonly accountId: string;
  readonly awsAccountId: string;
  readonly status: "complete" | "partial" | "error";
  /** What the checks said in it; null: it was not kept. */
  readonly verdicts: CheckCounts | null;
}

/** What a condition is judged from, beside the scan. */
export interface ConditionFacts {
  /** Findings that count against it, no more than matter. */
  readonly findings?: number;
  /** From when on they count; null: there is no scan before. */
  readonly since?: string | null;
  /** Of the ten worst resources. */
  readonly risks?: readonly number[];
  /** The framework, where it is the organization's own. */
  readonly framework?: OwnFramework | null;
  readonly rules?: readonly OwnRule[];
  /** Which controls checks are evidence of. */
  readonly about?: AboutChecks;
}

/** New findings are counted up to here. */
export const newCountMax = 100;

/** Judges one condition. Without evidence it is unknown, never a pass. */
export function judgeCondition(condition: PolicyCondition, scan: EndedScan, facts: ConditionFacts): ConditionResult {
  const said = (result: ConditionResult["result"], reason: string): ConditionResult => ({ condition, result, reason });
  if (condition.kind === "scan_complete")
    return said(scan.status === "complete" ? "pass" : "fail", `The scan ended ${inWords[scan.status]}.`);
  if (scan.status === "error") return said("unknown", "The scan ended in error, so that nothing was seen.");
  const [result, reason] = judges[condition.kind](condition as never, scan, facts);
  return said(result, reason);
}

const inWords = { complete: "complete", partial: "partial", error: "in error" } as const;

type Said = readonly [ConditionResult["result"], string];
type Kind = Exclude<PolicyCondition["kind"], "scan_complete">;
type Judges = {
  readonly [K in Kind]: (
    condition: Extract<PolicyCondition, { readonly kind: K }>,
    scan: EndedScan,
    facts: ConditionFacts,
  ) => Said;
};

const judges: Judges = {
  max_open({ severity, count }, _, { findings = 0 }) {
    const what = `open findings of severity ${severity} or above`;
    return findings > count
      ? ["fail", `There are more than ${count} ${what}.`]
      : ["pass", `There are ${findings} ${what}; ${count} are allowed.`];
  },
  no_new({ severity }, _, { findings = 0, since }) {
    if (!since) return ["unknown", "There is no earlier scan of this account to compare with."];
    const what = `new findings of severity ${severity} or above since ${since}`;
    if (findings === 0) return ["pass", `There are no ${what}.`];
    return ["fail", `There are ${findings > newCountMax ? `more than ${newCountMax}` : findings} ${what}.`];
  },
  score_at_least({ framework: id, score: least }, { verdicts }, { framework, rules = [], about = {} }) {
    if (verdicts === null) return ["unknown", "What the checks said in this scan was not kept."];
    const controls = frameworkEvidence(about, framework ?? id, rules);
    const { score } = complianceScoreOf(controls.map((control) => controlScoreOf(control, verdicts)));
    if (score === null) return ["unknown", `No control of ${id} could be assessed in this scan.`];
    return [score >= least ? "pass" : "fail", `The score for ${id} is ${score}; ${least} is asked for.`];
  },
  risk_at_most({ score: most }, _, { risks = [] }) {
    const risk = accountRiskOf(risks);
    return [risk <= most ? "pass" : "fail", `The account's risk is ${risk}; ${most} is allowed.`];
  },
  check_passes({ type }, { verdicts }, { findings = 0 }) {
    if (findings > 0) return ["fail", `${type} has ${findings} open findings.`];
    const counts = verdicts?.[type];
    if (!counts) return ["unknown", `${type} judged nothing in this scan.`];
    return counts.unknown > 0
      ? ["unknown", `${type} could not judge ${counts.unknown} resources.`]
      : ["pass", `${type} has no open finding.`];
  },
};
