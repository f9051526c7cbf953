import type { Severity } from "#checks/check";

/*
 * How much of a framework's controls the checks have seen to hold. Automated evidence, not certification.
 *
 *   passRate(control) = passed / (passed + failed), over the checks and variants that are its evidence; unknown left out
 *   score             = 100 × Σ weight × passRate / Σ weight, over assessed controls; weight by the worst severity of the evidence
 *   controlsPassed    = 100 × controls without a fail / assessed controls
 *   coverage          = 100 × assessed controls / all controls of the framework
 */

/** What was counted of a check: under `check`, and how many failed in a variant under `check/variant`. */
export type Verdicts = Readonly<
  Record<string, { readonly pass: number; readonly fail: number; readonly unknown: number }>
>;

/** What speaks for a control or against it: a check, or one variant of it, or an organization's rule. */
export interface Evidence {
  readonly check: string;
  readonly variant: string | null;
  readonly severity: Severity;
}

export interface ControlEvidence {
  readonly id: string;
  readonly evidence: readonly Evidence[];
}

/** `not_assessed`: nothing could be judged; `not_covered`: nothing is evidence of it. */
export const controlStates = ["passed", "failed", "not_assessed", "not_covered"] as const;
export type ControlState = (typeof controlStates)[number];

/** Resources, of one piece of evidence. `excepted`: failed, but ignored with a reason and an expiry. */
export interface EvidenceCounts extends Evidence {
  readonly passed: number;
  readonly failed: number;
  readonly unknown: number;
  readonly excepted: number;
}

export interface ControlScore {
  readonly id: string;
  readonly state: ControlState;
  /** Null for what nothing is evidence of. */
  readonly weight: number | null;
  /** 0…1; null unless assessed. */
  readonly passRate: number | null;
  /** Nothing fails but what is excepted. */
  readonly passesWithExceptions: boolean;
  readonly evidence: readonly EvidenceCounts[];
}

/** The parts of a score: controls of one weight. */
export interface WeightPart {
  readonly severity: Severity;
  readonly weight: number;
  readonly controlsAssessed: number;
  /** Sum of their pass rates. */
  readonly passRates: number;
}

export interface ComplianceScore {
  /** 0–100, one decimal; null without evidence, never 100. */
  readonly score: number | null;
  readonly controlsPassed: number | null;
  /** Null where exceptions are not known. */
  readonly controlsPassedWithExceptions: number | null;
  /** 0–100, one decimal. */
  readonly coverage: number;
  readonly controls: Readonly<Record<ControlState, number>> & { readonly total: number };
  readonly parts: readonly WeightPart[];
}

const weights: Readonly<Record<Severity, number>> = { critical: 10, high: 6, medium: 3, low: 1 };
const fromWorst: readonly Severity[] = ["critical", "high", "medium", "low"];

const keyOf = ({ check, variant }: Evidence): string => (variant === null ? check : `${check}/${variant}`);

/** Of a variant only its fails are counted: all else that the check judged has passed it. */
function countsOf(evidence: Evidence, verdicts: Verdicts, excepted: Readonly<Record<string, number>>): EvidenceCounts {
  const whole = verdicts[evidence.check] ?? { pass: 0, fail: 0, unknown: 0 };
  const failed = evidence.variant === null ? whole.fail : (verdicts[keyOf(evidence)]?.fail ?? 0);
  return {
    ...evidence,
    passed: whole.pass + whole.fail - failed,
    failed,
    unknown: whole.unknown,
    excepted: Math.min(failed, excepted[keyOf(evidence)] ?? 0),
  };
}

const sumOf = (counts: readonly EvidenceCounts[], member: "passed" | "failed" | "excepted"): number =>
  counts.reduce((sum, one) => sum + one[member], 0);

/** One control. `excepted`: by check or `check/variant`, how many fails are excepted. */
export function controlScoreOf(
  { id, evidence: sources }: ControlEvidence,
  verdicts: Verdicts,
  excepted: Readonly<Record<string, number>> = {},
): ControlScore {
  const evidence = sources.map((source) => countsOf(source, verdicts, excepted));
  const [passed, failed] = [sumOf(evidence, "passed"), sumOf(evidence, "failed")];
  const worst = worstOf(sources);
  const state = passed + failed > 0 ? (failed > 0 ? "failed" : "passed") : worst ? "not_assessed" : "not_covered";
  return {
    id,
    state,
    weight: worst ? weights[worst] : null,
    passRate: passed + failed > 0 ? passed / (passed + failed) : null,
    passesWithExceptions: passed + failed > 0 && failed === sumOf(evidence, "excepted"),
    evidence,
  };
}

const worstOf = (evidence: readonly Evidence[]): Severity | undefined =>
  fromWorst.find((severity) => evidence.some((one) => one.severity === severity));

const tenths = (score: number): number => Math.round(score * 10) / 10;

/** Of a framework, from its controls; `all` where it has more than those. `exceptions` false: they are not known. */
export function complianceScoreOf(
  scores: readonly ControlScore[],
  { all = 0, exceptions = true }: { readonly all?: number; readonly exceptions?: boolean } = {},
): ComplianceScore {
  const total = Math.max(all, scores.length);
  const assessed = scores.filter(({ passRate }) => passRate !== null);
  const parts = fromWorst.flatMap((severity) => partOf(severity, assessed));
  const whole = parts.reduce((sum, { weight, controlsAssessed }) => sum + weight * controlsAssessed, 0);
  const held = parts.reduce((sum, { weight, passRates }) => sum + weight * passRates, 0);
  const shareOf = (matching: readonly ControlScore[]): number | null =>
    assessed.length === 0 ? null : tenths((100 * matching.length) / assessed.length);
  return {
    score: whole === 0 ? null : tenths((100 * held) / whole),
    controlsPassed: shareOf(assessed.filter(({ state }) => state === "passed")),
    controlsPassedWithExceptions: exceptions
      ? shareOf(assessed.filter(({ passesWithExceptions }) => passesWithExceptions))
      : null,
    coverage: total === 0 ? 0 : tenths((100 * assessed.length) / total),
    controls: { ...countStates(scores, total), total },
    parts,
  };
}

function partOf(severity: Severity, assessed: readonly ControlScore[]): WeightPart[] {
  const weight = weights[severity];
  const mine = assessed.filter((one) => one.weight === weight);
  const passRates = mine.reduce((sum, { passRate }) => sum + (passRate ?? 0), 0);
  return mine.length === 0 ? [] : [{ severity, weight, controlsAssessed: mine.length, passRates }];
}

/** What a framework has beside the controls that are known is not covered. */
function countStates(scores: readonly ControlScore[], total: number): Record<ControlState, number> {
  const of = (state: ControlState): number => scores.filter((one) => one.state === state).length;
  const [passed, failed, unassessed] = [of("passed"), of("failed"), of("not_assessed")];
  return { passed, failed, not_assessed: unassessed, not_covered: total - passed - failed - unassessed };
}
