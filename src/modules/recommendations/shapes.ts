import { z } from "@hono/zod-openapi";
import { categories, severities } from "#checks/check";
import { checks } from "#checks/registry";
import { recommendationStatuses, type RecommendationStatus } from "#db/schema";
import { commaList, idPath } from "#http/shapes";
import { accountList } from "#modules/accounts";
import { findingBody, FindingBody } from "#modules/findings";
import { impactOf, labelOf, type Priority } from "#scores/priority";
import type { WholeRecommendation } from "./get.ts";
import type { Recommendation } from "./recommendation.ts";

const StatusList = commaList([...recommendationStatuses, "all"], "open").transform(
  (words): readonly RecommendationStatus[] =>
    recommendationStatuses.filter((status) => words.includes("all") || words.includes(status)),
);

export const RecommendationPath = idPath("5f0e8a44-7e57-8c1d-b1a8-0c5b6a7d8e9f");

export const RecommendationQuery = z.object({
  status: StatusList.default(["open"]).openapi({
    type: "string",
    default: "open",
    description: `Comma list of: ${recommendationStatuses.join(", ")}, all.`,
  }),
  accountId: accountList.optional(),
  category: commaList(categories, "security").optional(),
  type: commaList<string>(
    checks.map(({ id }) => id),
    "orphaned_volume",
  ).optional(),
});

export const RecommendationPatch = z
  .strictObject({
    status: z.enum(recommendationStatuses).optional(),
    reason: z.string().trim().min(1).max(1_000).nullable().optional(),
  })
  .openapi({ example: { status: "dismissed", reason: "The volumes belong to a migration that ends in May." } });

const time = z.iso.datetime();
const Label = z.enum(severities);
const score = z.number().min(0).max(100);

export const RecommendationBody = z
  .object({
    id: z.uuid(),
    organizationId: z.uuid(),
    accountId: z.uuid(),
    type: z.string().openapi({ description: "The check's id." }),
    title: z.string(),
    recommendation: z.string().openapi({ description: "What to do." }),
    rationale: z.string(),
    category: z.string(),
    status: z.enum(recommendationStatuses),
    reason: z.string().nullable(),
    priority: Label.openapi({ description: "`priorityScore` in a word: from 80, 60, 35." }),
    priorityScore: score,
    impact: z.enum(["low", "medium", "high"]).openapi({ description: "How much doing it changes, whatever it takes." }),
    effort: z.enum(["low", "medium", "high"]),
    confidence: z.number().min(0).max(1),
    estimatedMonthlySavings: z.number().nullable().openapi({ description: "USD at list price, if only this is done." }),
    countedMonthlySavings: z
      .number()
      .openapi({ description: "What of it no other recommendation saves as well: these may be added up." }),
    estimatedRiskReduction: z
      .number()
      .nullable()
      .openapi({ description: "Points of the account's risk score, as of its last scan; null for costs." }),
    findings: z
      .object({ total: z.int(), critical: z.int(), high: z.int(), medium: z.int(), low: z.int() })
      .openapi({ description: "Open ones." }),
    exposed: z.int().openapi({ description: "How many of them can be reached from the internet." }),
    production: z.int().openapi({ description: "How many of them are in production." }),
    score: z
      .object({
        risk: score,
        severityBase: z.number(),
        countBonus: z.number(),
        exposureBonus: z.number(),
        productionBonus: z.number(),
        cost: score,
        value: score,
        effortFactor: z.number(),
        confidenceFactor: z.number(),
      })
      .openapi({ description: "What `priorityScore` is made of: value × effortFactor × confidenceFactor." }),
    decidedBy: z.string().nullable(),
    decidedAt: time.nullable(),
    version: z.int(),
    createdAt: time,
    updatedAt: time,
  })
  .openapi("Recommendation");

export const WholeRecommendationBody = RecommendationBody.extend({
  worstFindings: z.array(FindingBody).openapi({ description: "Twenty at most; `GET /findings` lists all of them." }),
});

const hundredths = (figure: number): number => Math.round(100 * figure) / 100;

const scoreBody = (parts: Priority): z.input<typeof RecommendationBody>["score"] => ({
  risk: hundredths(parts.risk),
  severityBase: parts.severityBase,
  countBonus: hundredths(parts.countBonus),
  exposureBonus: parts.exposureBonus,
  productionBonus: parts.productionBonus,
  cost: hundredths(parts.cost),
  value: hundredths(parts.value),
  effortFactor: parts.effortFactor,
  confidenceFactor: hundredths(parts.confidenceFactor),
});

/** A recommendation as everybody may see it. */
export function recommendationBody({
  row,
  priority,
  check,
  about,
}: Recommendation): z.input<typeof RecommendationBody> {
  const { low, medium, high, critical } = row;
  const isCost = check?.domain === "cost";
  return {
    id: row.id,
    organizationId: row.orgId,
    accountId: row.accountId,
    type: row.type,
    title: about?.title ?? row.type,
    recommendation: about?.remediation ?? "",
    rationale: about?.rationale ?? "",
    category: row.category ?? "operations",
    status: row.status,
    reason: row.reason,
    priority: labelOf(priority),
    priorityScore: priority.priorityScore,
    impact: impactOf(priority),
    effort: check?.effort ?? "medium",
    confidence: check?.confidence ?? 1,
    estimatedMonthlySavings: row.savings > 0 || isCost ? row.savings / 100 : null,
    countedMonthlySavings: row.savingsCounted / 100,
    estimatedRiskReduction: isCost ? null : row.riskReduction,
    findings: { total: low + medium + high + critical, critical, high, medium, low },
    exposed: row.exposed,
    production: row.production,
    score: scoreBody(priority),
    decidedBy: row.decidedBy,
    decidedAt: row.decidedAt,
    version: row.version,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

export const wholeRecommendationBody = (
  whole: WholeRecommendation,
  now: Date,
): z.input<typeof WholeRecommendationBody> => ({
  ...recommendationBody(whole),
  worstFindings: whole.findings.map((finding) => findingBody(finding, now)),
});
