import { and, eq, type InferSelectModel } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import { apiKeys, organizations } from "#db/schema";
import { notFound } from "#lib/fault";

export interface Identity {
  readonly organization: InferSelectModel<typeof organizations>;
  readonly key: InferSelectModel<typeof apiKeys>;
}

/** The organization and the key of this request. */
export async function whoAmI(org: OrgContext): Promise<Identity> {
  const [[organization], [key]] = await org.db.batch([
    org.db.select().from(organizations).where(eq(organizations.orgId, org.id)),
    org.db
      .select()
      .from(apiKeys)
      .where(and(eq(apiKeys.orgId, org.id), eq(apiKeys.id, org.actor.id))),
  ]);
  if (!organization || !key) throw notFound("API key");
  return { organization, key };
}
