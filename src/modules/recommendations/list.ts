import { ne, sql } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import { listRows, type Filter } from "#db/list";
import type { Page, PageRequest } from "#db/page";
import { recommendations, type RecommendationStatus } from "#db/schema";
import { accountFilter } from "#modules/accounts";
import { recommendationsOf, type Recommendation } from "./recommendation.ts";

export interface RecommendationFilters {
  readonly status: readonly RecommendationStatus[];
  readonly accountId?: readonly string[] | undefined;
  readonly category?: readonly string[] | undefined;
  readonly type?: readonly string[] | undefined;
}

const sortable = {
  priorityScore: recommendations.priority,
  estimatedMonthlySavings: recommendations.savings,
  estimatedRiskReduction: recommendations.riskReduction,
  updatedAt: recommendations.updatedAt,
};
export const recommendationSort = Object.keys(sortable);

/** As the partial indexes have it: with findings left. */
const hasFindings = sql.raw("low + medium + high + critical > 0");

/** A page of the recommendations, what to do first at the top. */
export async function listRecommendations(
  org: OrgContext,
  page: PageRequest,
  { status, accountId, category, type }: RecommendationFilters,
): Promise<Page<Recommendation>> {
  const by = (column: Filter["column"], values: readonly string[] | undefined): Filter[] =>
    values ? [{ column, values }] : [];
  const found = await listRows(org, {
    table: recommendations,
    page,
    order: [{ column: recommendations.priority, descending: true }],
    sortable,
    filters: [
      ...by(recommendations.status, status),
      ...(await accountFilter(org, recommendations.accountId, accountId)),
      ...by(recommendations.category, category),
      ...by(recommendations.type, type),
    ],
    conditions: [hasFindings, ne(recommendations.id, "")],
  });
  return { ...found, rows: await recommendationsOf(org, found.rows) };
}
