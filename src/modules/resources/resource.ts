import { and, eq, sql, type InferSelectModel, type SQL } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { coverage, resources } from "#db/schema";
import { later, type Sights } from "#modules/accounts";

export type ResourceRow = InferSelectModel<typeof resources>;

/** A resource with what coverage knows of it. */
export interface Resource {
  readonly row: ResourceRow;
  readonly lastSeenAt: string;
}

export const isUuid = (ref: string): boolean => !ref.startsWith("arn:");

/** One resource by UUID or ARN. */
const isResource = (org: OrgContext, ref: string): SQL | undefined =>
  and(eq(resources.orgId, org.id), eq(isUuid(ref) ? resources.id : resources.arn, ref));

/** Zero or one row; kinds that share an ARN with another one are found by UUID. */
export const resourceStatement = (org: OrgContext, ref: string): Statement =>
  org.db.select().from(resources).where(isResource(org, ref)).orderBy(resources.id).limit(1);

/** Coverage of the place a resource is seen in: one row. */
export function resourceCoverageStatement(org: OrgContext, ref: string): Statement {
  const where = sql`org_id = ${org.id} AND ${sql.raw(isUuid(ref) ? "id" : "arn")} = ${ref} ORDER BY id LIMIT 1`;
  return org.db
    .select({
      accountId: coverage.accountId,
      region: coverage.region,
      seq: coverage.seq,
      collectors: coverage.collectors,
    })
    .from(coverage)
    .where(
      and(
        eq(coverage.orgId, org.id),
        sql`${coverage.accountId} = (SELECT account_id FROM resources WHERE ${where})`,
        sql`${coverage.region} = (SELECT place FROM resources WHERE ${where})`,
      ),
    );
}

/** Seen when it was last written, and in every complete list since. */
export function resourceOf(row: ResourceRow, sights: Sights): Resource {
  return { row, lastSeenAt: later(row.updatedAt, sights(row)?.completeAt ?? null) };
}
