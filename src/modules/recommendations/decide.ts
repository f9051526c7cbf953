import { and, eq, sql } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import { recommendations, type RecommendationStatus } from "#db/schema";
import { Fault, notFound, refuseStale, staleVersion } from "#lib/fault";
import type { RecommendationRow } from "#scans/rank";
import { recommendationStatement } from "./get.ts";
import { recommendationsOf, type Recommendation } from "./recommendation.ts";

export interface RecommendationDecision {
  readonly status?: RecommendationStatus | undefined;
  /** What was thought; null takes it away. */
  readonly reason?: string | null | undefined;
}

/**
 * Accepts, dismisses or opens a recommendation; it stays so whatever becomes of its findings. What is dismissed says why.
 * Faults: RESOURCE_NOT_FOUND, INVALID_REQUEST, PRECONDITION_FAILED.
 */
export async function decideRecommendation(
  org: OrgContext,
  id: string,
  decision: RecommendationDecision,
  ifMatch: number | null,
): Promise<Recommendation> {
  const before = await theRow(org, id);
  refuseStale("recommendation", before.version, ifMatch);
  const { status = before.status, reason = before.reason } = decision;
  if (status === "dismissed" && !reason) throw new Fault("INVALID_REQUEST", "Say in `reason` why it is dismissed.");
  const update = org.db
    .update(recommendations)
    .set({
      status,
      reason: status === "open" && decision.reason === undefined ? null : reason,
      decidedBy: org.actor.name,
      decidedAt: org.now.toISOString(),
      version: sql`${recommendations.version} + 1`,
    })
    .where(
      and(
        eq(recommendations.orgId, org.id),
        eq(recommendations.id, id),
        ifMatch === null ? undefined : eq(recommendations.version, ifMatch),
      ),
    )
    .returning();
  const entry = {
    action: "recommendation.decide",
    target: { type: "recommendation", id },
    before: { status: before.status, reason: before.reason },
    after: { status, reason },
  } as const;
  const [updated] = await org.change(entry, [update]);
  // safe: `returning` answers rows of the table.
  const [after] = await recommendationsOf(org, updated as RecommendationRow[]);
  if (after) return after;
  throw staleVersion("recommendation", (await theRow(org, id)).version);
}

async function theRow(org: OrgContext, id: string): Promise<RecommendationRow> {
  const [row] = await recommendationStatement(org, id);
  if (!row) throw notFound("recommendation");
  return row;
}
