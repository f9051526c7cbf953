import type { Exposure, Severity } from "#checks/check";

/*
 * Risk: how likely it is that one of a thing's findings is what goes wrong, if they are independent of each other.
 *
 *   p(finding)  = min(0.95, base × exposure × environment × confidence)
 *   p(severity) = min(cap, 1 − Π (1 − p(finding)))
 *   riskScore   = 100 × (1 − Π (1 − p(severity)))
 *
 * Kept as −ln(1 − p), so that products become sums, which a database can add up.
 */

export const environments = ["production", "staging", "development"] as const;
export type Environment = (typeof environments)[number];

const bases: Readonly<Record<Severity, number>> = { critical: 0.6, high: 0.3, medium: 0.12, low: 0.03 };
const caps: Readonly<Record<Severity, number>> = { critical: 0.97, high: 0.55, medium: 0.3, low: 0.1 };
const exposureFactors: Readonly<Record<Exposure, number>> = { internet: 1.25, internal: 1, idle: 0.7 };
const environmentFactors: Readonly<Record<Environment, number>> = { production: 1, staging: 0.85, development: 0.7 };
const riskMax = 0.95;

export interface Risk {
  readonly severity: Severity;
  readonly exposure: Exposure;
  readonly environment: Environment;
  /** 0…1, the check's. */
  readonly confidence: number;
}

const logOf = (p: number): number => -Math.log(1 - p);

/** −ln(1 − p) of one finding. */
export const riskLog = ({ severity, exposure, environment, confidence }: Risk): number =>
  logOf(Math.min(riskMax, bases[severity] * exposureFactors[exposure] * environmentFactors[environment] * confidence));

/** The most that all findings of a severity add to a resource's sum. */
export const riskCaps: Readonly<Record<Severity, number>> = {
  critical: logOf(caps.critical),
  high: logOf(caps.high),
  medium: logOf(caps.medium),
  low: logOf(caps.low),
};

/** A resource's sum, from its findings'. */
export function resourceRiskLog(
  findings: readonly { readonly severity: Severity; readonly riskLog: number }[],
): number {
  const sums = new Map<Severity, number>();
  for (const { severity, riskLog: one } of findings) sums.set(severity, (sums.get(severity) ?? 0) + one);
  return [...sums].reduce((total, [severity, sum]) => total + Math.min(riskCaps[severity], sum), 0);
}

const tenths = (score: number): number => Math.round(score * 10) / 10;

/** 0–100, one decimal, from a resource's sum. */
export const riskScoreOf = (sum: number): number => tenths(100 * (1 - Math.exp(-sum)));

/** How many of the worst resources make an account's risk. */
export const worstResources = 10;

/** 0–100, one decimal: of an account or an organization, from the sums of its ten worst resources. One terrible thing shows; many make it worse. */
export function accountRiskOf(sums: readonly number[]): number {
  const worst = sums.toSorted((a, b) => b - a).slice(0, worstResources);
  return tenths(100 * (1 - worst.reduce((left, sum) => left * (1 - 0.5 * (1 - Math.exp(-sum))), 1)));
}

/** 0–100, one decimal: how much could be saved a month, on a scale where $10 is 35, $100 is 67 and $999 is 100. */
export const costScoreOf = (savingsMonthly: number): number =>
  tenths(Math.min(100, (100 * Math.log10(1 + savingsMonthly)) / 3));

/** Tags that say what something is for. */
const environmentTags = new Set(["env", "environment", "stage"]);
const words: readonly (readonly [RegExp, Environment])[] = [
  [/^(non-?prod|stag|pre-?prod|uat|qa|accept)/, "staging"],
  [/^(dev|test|sandbox|demo|lab|playground)/, "development"],
  [/^(prod|prd|live)/, "production"],
];

/** What a thing is for: its own tag says, else its account. What is for nothing known counts as production. */
export function environmentOf(tags: Readonly<Record<string, string>>, account: string): Environment {
  const tag = Object.entries(tags).find(([key]) => environmentTags.has(key.toLowerCase()))?.[1];
  return meant(tag) ?? meant(account) ?? "production";
}

const meant = (text: string | undefined): Environment | undefined =>
  words.find(([pattern]) => pattern.test(text?.trim().toLowerCase() ?? ""))?.[1];
