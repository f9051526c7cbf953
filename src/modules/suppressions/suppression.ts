import { and, eq, type InferSelectModel } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { suppressions } from "#db/schema";
import { Fault, notFound } from "#lib/fault";

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

/** Fault: PRECONDITION_FAILED when the caller read another version. */
export function refuseStale(currentVersion: number, ifMatch: number | null): void {
  if (ifMatch === null || ifMatch === currentVersion) return;
  throw new Fault("PRECONDITION_FAILED", `The suppression is at version ${currentVersion}. Read it again and repeat.`, {
    members: { currentVersion },
  });
}

/** What the audit log tells of it. */
export const audited = ({ name, condition, reason, owner, expiresAt }: SuppressionRow): Record<string, unknown> => ({
  name,
  condition,
  reason,
  owner,
  expiresAt,
});
