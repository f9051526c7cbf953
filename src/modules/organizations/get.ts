import { eq, type InferSelectModel } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import { organizations } from "#db/schema";
import { notFound } from "#lib/fault";

export type Organization = InferSelectModel<typeof organizations>;

/** The caller's organization. */
export async function getOrganization(org: OrgContext): Promise<Organization> {
  const [row] = await org.db.select().from(organizations).where(eq(organizations.orgId, org.id));
  if (!row) throw notFound("organization");
  return row;
}
