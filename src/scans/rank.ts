import { and, eq, type InferSelectModel } from "drizzle-orm";
import type { SealedCheck } from "#checks/sealed";
import type { OrgContext } from "#db/context";
import { recommendations } from "#db/schema";
import { derivedId } from "#lib/id";
import { priorityOf, type Priority } from "#scores/priority";
import { checkOf } from "./catalogue.ts";
import { ruleIdOf } from "./rules.ts";

export type RecommendationRow = InferSelectModel<typeof recommendations>;

/** Recommendations ranked at once. */
const rankedMax = 500;

/** The score of a recommendation, with what it is made of. A check that is no longer known weighs as little as any. */
export function priorityOfRow(row: RecommendationRow): Priority {
  const { low, medium, high, critical } = row;
  const { domain = "", effort = "high", confidence = 0.5 } = checkOf(row.type) ?? rulesFacts(row.type);
  return priorityOf({
    counts: { low, medium, high, critical },
    exposed: row.exposed > 0,
    production: row.production > 0,
    savingsMonthly: row.savings / 100,
    domain,
    effort,
    confidence,
  });
}

/** A rule is taken at its organization's word. */
const rulesFacts = (type: string): Partial<Pick<SealedCheck, "domain" | "effort" | "confidence">> =>
  ruleIdOf(type) === null ? {} : { effort: "medium", confidence: 1 };

/**
 * Ranks the recommendations whose findings have changed since they were ranked. The counts are kept by whoever changes
 * findings; a database cannot take logarithms, so the score follows. Repeating it changes nothing.
 */
export async function rankRecommendations(org: OrgContext): Promise<void> {
  for (;;) {
    const rows = await org.db
      .select()
      .from(recommendations)
      .where(and(eq(recommendations.orgId, org.id), eq(recommendations.unranked, true)))
      .limit(rankedMax);
    if (rows.length > 0) await write(org, await Promise.all(rows.map(rankedOf)));
    if (rows.length < rankedMax) return;
  }
}

const rankedOf = async (row: RecommendationRow) => ({
  accountId: row.accountId,
  type: row.type,
  id: row.id || (await derivedId("recommendation", row.orgId, row.accountId, row.type)),
  category: checkOf(row.type)?.category ?? null,
  priority: priorityOfRow(row).priorityScore,
  counts: [row.low, row.medium, row.high, row.critical, row.exposed, row.production, row.savings].join(),
});

const counted = ["low", "medium", "high", "critical", "exposed", "production", "savings"]
  .map((column) => `r.${column}`)
  .join(" || ',' || ");

/** Only where the counts are still those that were ranked: else somebody else's turn comes. */
const write = (org: OrgContext, ranked: readonly Awaited<ReturnType<typeof rankedOf>>[]): Promise<unknown> =>
  org.db.atomic([
    org.db.sql(
      `INSERT INTO recommendations (org_id, account_id, type, id, category, low, medium, high, critical, exposed, production,
         savings, savings_counted, priority, unranked, version, created_at, updated_at)
       SELECT r.org_id, r.account_id, r.type, p.value ->> 'id',
         coalesce(p.value ->> 'category', (SELECT u.category FROM rules AS u WHERE u.org_id = ?1 AND u.id = substr(r.type, 6))),
         0, 0, 0, 0, 0, 0, 0, 0, p.value ->> 'priority', 0, 1, '', ''
       FROM json_each(?2) AS p CROSS JOIN recommendations AS r
       WHERE r.org_id = ?1 AND r.account_id = p.value ->> 'accountId' AND r.type = p.value ->> 'type'
         AND p.value ->> 'counts' = ${counted}
       ON CONFLICT (org_id, account_id, type) DO UPDATE SET id = excluded.id, category = excluded.category, priority = excluded.priority, unranked = 0`,
      org.id,
      JSON.stringify(ranked),
    ),
  ]);
