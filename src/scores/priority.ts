import { severities, type Severity } from "#checks/check";

/*
 * What to do first. One recommendation per account and check, from its open findings:
 *
 *   risk  = 0 for cost checks, else min(99, base(worst severity) + 9 × min(1, log10(n) / 2) + 5 if exposed + 5 if in production)
 *   cost  = min(99, 100 × log10(1 + savings a month) / 3)
 *   value = 100 × (1 − (1 − risk / 100) × (1 − cost / 100))
 *   priorityScore = value × effort × (0.6 + 0.4 × confidence)
 */

export interface PriorityInput {
  /** Open findings by severity. */
  readonly counts: Readonly<Record<Severity, number>>;
  readonly exposed: boolean;
  readonly production: boolean;
  /** USD. */
  readonly savingsMonthly: number;
  /** A check of the domain `cost` carries no risk. */
  readonly domain: string;
  readonly effort: "low" | "medium" | "high";
  readonly confidence: number;
}

/** The score and what it is made of. */
export interface Priority {
  readonly priorityScore: number;
  readonly risk: number;
  readonly cost: number;
  readonly value: number;
  readonly severityBase: number;
  readonly countBonus: number;
  readonly exposureBonus: number;
  readonly productionBonus: number;
  readonly effortFactor: number;
  readonly confidenceFactor: number;
}

const bases: Readonly<Record<Severity, number>> = { critical: 85, high: 65, medium: 40, low: 15 };
const effortFactors: Readonly<Record<PriorityInput["effort"], number>> = { low: 1, medium: 0.92, high: 0.84 };
const scoreMax = 99;
const contextBonus = 5;
const countBonusMax = 9;

const tenths = (score: number): number => Math.round(score * 10) / 10;

export function priorityOf(input: PriorityInput): Priority {
  const parts = input.domain === "cost" ? noRisk : riskParts(input);
  const { severityBase, countBonus, exposureBonus, productionBonus } = parts;
  const risk = Math.min(scoreMax, severityBase + countBonus + exposureBonus + productionBonus);
  const cost = Math.min(scoreMax, (100 * Math.log10(1 + Math.max(0, input.savingsMonthly))) / 3);
  const value = 100 * (1 - (1 - risk / 100) * (1 - cost / 100));
  const effortFactor = effortFactors[input.effort];
  const confidenceFactor = 0.6 + 0.4 * input.confidence;
  const priorityScore = tenths(value * effortFactor * confidenceFactor);
  return { ...parts, risk, cost, value, effortFactor, confidenceFactor, priorityScore };
}

type RiskParts = Pick<Priority, "severityBase" | "countBonus" | "exposureBonus" | "productionBonus">;

const noRisk: RiskParts = { severityBase: 0, countBonus: 0, exposureBonus: 0, productionBonus: 0 };

function riskParts({ counts, exposed, production }: PriorityInput): RiskParts {
  const worst = severities.findLast((severity) => counts[severity] > 0);
  const n = severities.reduce((sum, severity) => sum + counts[severity], 0);
  return worst === undefined
    ? noRisk
    : {
        severityBase: bases[worst],
        countBonus: countBonusMax * Math.min(1, Math.log10(Math.max(1, n)) / 2),
        exposureBonus: exposed ? contextBonus : 0,
        productionBonus: production ? contextBonus : 0,
      };
}

export type PriorityLabel = "critical" | "high" | "medium" | "low";

/** In a word. */
export function labelOf({ priorityScore }: Pick<Priority, "priorityScore">): PriorityLabel {
  if (priorityScore >= 80) return "critical";
  if (priorityScore >= 60) return "high";
  return priorityScore >= 35 ? "medium" : "low";
}

/** How much doing it changes, whatever it takes. */
export function impactOf({ value }: Pick<Priority, "value">): "high" | "medium" | "low" {
  if (value >= 70) return "high";
  return value >= 40 ? "medium" : "low";
}
