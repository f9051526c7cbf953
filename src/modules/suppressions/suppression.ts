import { and, eq, type InferSelectModel } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { suppressions } from "#db/schema";
import { notFound } from "#lib/fault";

export type SuppressionRow = InferSelectModel<typeof suppressions>;

const own = (org: OrgContext, id: string) =>
  and(eq(suppressions.orgId, org.id), eq(suppressions.id, id), eq(suppressions.deleted, false));

export const suppressionStatement = (org: OrgContext, id: string): Statement =>
  org.db.select().from(suppressions).where(own(org, id));

/** Fault: RESOURCE_NOT_FOUND. */
export async function getSuppression(org: OrgContext, id: string): Promise<SuppressionRow> {
  const [row] = await org.db.select().from(suppressions).where(own(org, id));
  if (!row) throw notFound("suppression");
  return row;
}

/** What the audit log tells of it. */
export const audited = ({ name, condition, reason, owner, expiresAt }: SuppressionRow): Record<string, unknown> => ({
  name,
  condition,
  reason,
  owner,
  expiresAt,
});
