import { and, desc, eq, sql } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import { findings, recommendations } from "#db/schema";
import { notFound } from "#lib/fault";
import { coverageStatement, sightsIn } from "#modules/accounts";
import { findingOf, type Finding, type FindingRow } from "#modules/findings";
import type { RecommendationRow } from "#scans/rank";
import { recommendationsOf, type Recommendation } from "./recommendation.ts";

/** A recommendation with the worst of its findings. */
export interface WholeRecommendation extends Recommendation {
  readonly findings: readonly Finding[];
}

/** Findings that are told with it; all of them stand in `GET /findings?type=…&accountId=…`. */
const findingsTold = 20;

/** One recommendation and its worst findings, in one round trip. Faults: RESOURCE_NOT_FOUND, UNAVAILABLE. */
export async function getRecommendation(org: OrgContext, id: string): Promise<WholeRecommendation> {
  const its = (column: "type" | "account_id") =>
    sql`(SELECT ${sql.raw(column)} FROM recommendations WHERE org_id = ${org.id} AND id = ${id})`;
  const [found, worst, covered] = await org.db.atomic([
    recommendationStatement(org, id),
    org.db
      .select()
      .from(findings)
      .where(
        and(
          eq(findings.orgId, org.id),
          eq(findings.status, "open"),
          sql`${findings.type} = ${its("type")}`,
          sql`${findings.accountId} = ${its("account_id")}`,
        ),
      )
      .orderBy(desc(findings.severityRank), desc(findings.firstDetectedAt), desc(findings.id))
      .limit(findingsTold),
    coverageStatement(org, undefined),
  ]);
  // safe: each statement answers rows of its table.
  const [recommendation] = await recommendationsOf(org, found as RecommendationRow[]);
  if (!recommendation) throw notFound("recommendation");
  const sights = sightsIn(covered);
  return { ...recommendation, findings: (worst as FindingRow[]).map((row) => findingOf(row, sights)) };
}

export const recommendationStatement = (org: OrgContext, id: string) =>
  org.db
    .select()
    .from(recommendations)
    .where(and(eq(recommendations.orgId, org.id), eq(recommendations.id, id)));
