import { and, eq, sql, type InferSelectModel } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { cutPage, rowsNeeded, type Page, type PageRequest } from "#db/page";
import { resourceVersions } from "#db/schema";
import { Fault, notFound } from "#lib/fault";
import { isUuid, resourceStatement } from "./resource.ts";

export type VersionRow = InferSelectModel<typeof resourceVersions>;

/** What a resource was like before, the newest first. A resource that is gone is found by its UUID. Fault: RESOURCE_NOT_FOUND. */
export async function listVersions(org: OrgContext, page: PageRequest, ref: string): Promise<Page<VersionRow>> {
  const [found, versions, counted] = await org.db.atomic([
    resourceStatement(org, ref),
    versionsStatement(org, page, ref),
    ...(page.count || page.page !== null ? [totalStatement(org, ref)] : []),
  ]);
  // safe: each statement answers rows of its table.
  const rows = versions as VersionRow[];
  if ((found as unknown[]).length === 0 && rows.length === 0 && page.from === null) throw notFound("resource");
  // safe: the total's statement answers one row.
  const total = (counted as { n: number }[] | undefined)?.[0]?.n ?? null;
  return { ...cutPage(page, rows, ({ toSeq }) => [toSeq]), total, totalExact: total === null ? null : true };
}

/** The resource, and the account whose key its versions stand under; both without a round trip of their own. */
function versionsOf(org: OrgContext, ref: string) {
  const id = isUuid(ref)
    ? sql`${ref}`
    : sql`(SELECT id FROM resources WHERE org_id = ${org.id} AND arn = ${ref} ORDER BY id LIMIT 1)`;
  return and(
    eq(resourceVersions.orgId, org.id),
    sql`${resourceVersions.accountId} = coalesce(
      (SELECT account_id FROM resources WHERE org_id = ${org.id} AND id = ${id}),
      (SELECT v.account_id FROM accounts AS a CROSS JOIN resource_versions AS v
       WHERE a.org_id = ${org.id} AND v.org_id = a.org_id AND v.account_id = a.id AND v.resource_id = ${id} LIMIT 1))`,
    sql`${resourceVersions.resourceId} = ${id}`,
  );
}

function versionsStatement(org: OrgContext, page: PageRequest, ref: string): Statement {
  const backward = page.from?.backward ?? false;
  const position = page.from && sql`${resourceVersions.toSeq} ${sql.raw(backward ? ">" : "<")} ${positionOf(page)}`;
  return org.db
    .select()
    .from(resourceVersions)
    .where(and(versionsOf(org, ref), position ?? undefined))
    .orderBy(sql`${resourceVersions.toSeq} ${sql.raw(backward ? "ASC" : "DESC")}`)
    .limit(rowsNeeded(page));
}

const totalStatement = (org: OrgContext, ref: string): Statement =>
  org.db
    .select({ n: sql<number>`count(*)` })
    .from(resourceVersions)
    .where(versionsOf(org, ref));

function positionOf({ from }: PageRequest): string | number {
  const [position, ...others] = from?.key ?? [];
  if (position === undefined || position === null || others.length > 0) {
    throw new Fault("INVALID_CURSOR", "The cursor was made for another list. Start again without it.");
  }
  return position;
}
