import { and, eq, type InferSelectModel } from "drizzle-orm";
import { lesserRole, type GrantedScope, type Role } from "#db/access";
import { hashApiKey } from "#db/api-keys";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { keyHint, makeKey } from "#db/key-format";
import { apiKeys } from "#db/schema";
import { Fault, notFound } from "#lib/fault";

export type ApiKey = InferSelectModel<typeof apiKeys>;

/** A key at the one moment when it can be read. */
export interface NewApiKey {
  readonly row: ApiKey;
  readonly key: string;
}

export interface KeyGrant {
  readonly name: string;
  readonly role: Role;
  readonly scopes: readonly GrantedScope[];
  readonly expiresAt: string | null;
}

/** Draws a key and the row that knows it again. */
export async function drawKey(
  org: OrgContext,
  grant: KeyGrant,
  createdBy: string | null = org.actor.id,
): Promise<NewApiKey> {
  const key = makeKey();
  const now = org.now.toISOString();
  const row: ApiKey = {
    orgId: org.id,
    id: org.newId(),
    ...grant,
    hash: await hashApiKey(org.env, key),
    hint: keyHint(key),
    createdBy,
    rotatedTo: null,
    revokedAt: null,
    lastUsedAt: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
  return { row, key };
}

/** Writes a drawn key if the organization has a row for which `condition` holds, in the same batch as what made it hold. */
export const insertKeyIf = (
  org: OrgContext,
  row: ApiKey,
  condition: string,
  ...params: readonly unknown[]
): Statement =>
  org.db.sql(
    `INSERT INTO api_keys (org_id, id, name, hash, hint, role, scopes, created_by, expires_at, version, created_at, updated_at)
     SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1, ?10, ?10 WHERE EXISTS (${condition})`,
    org.id,
    row.id,
    row.name,
    row.hash,
    row.hint,
    row.role,
    JSON.stringify(row.scopes),
    row.createdBy,
    row.expiresAt,
    row.createdAt,
    ...params,
  );

export const keyStatement = (org: OrgContext, id: string): Statement =>
  org.db
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.orgId, org.id), eq(apiKeys.id, id)));

/** The key named and the key that asks, in one round trip. Faults: RESOURCE_NOT_FOUND. */
export async function keyAndAsker(
  org: OrgContext,
  id: string,
): Promise<{ readonly key: ApiKey; readonly asker: ApiKey | null }> {
  const [found, asking] = await org.db.atomic([keyStatement(org, id), keyStatement(org, org.actor.id)]);
  // safe: both statements answer rows of the table.
  const [[key], [asker]] = [found, asking] as [ApiKey[], ApiKey[]];
  if (!key) throw notFound("API key");
  return { key, asker: asker ?? null };
}

/** Nobody hands out more than they have. Faults: FORBIDDEN. */
export function refuseMore(
  asker: Pick<ApiKey, "role" | "scopes"> | null,
  wanted: Pick<KeyGrant, "role" | "scopes">,
): void {
  if (asker && lesserRole(asker.role, wanted.role) !== wanted.role) {
    throw new Fault("FORBIDDEN", `A key cannot give the role \`${wanted.role}\`: its own is \`${asker.role}\`.`);
  }
  const missing = wanted.scopes.filter((scope) => !asker?.scopes.includes("*") && !asker?.scopes.includes(scope));
  if (missing.length > 0)
    throw new Fault("FORBIDDEN", `A key cannot give scopes it does not have: ${missing.join(", ")}.`);
}

/** What the audit log tells of a key. */
export const audited = ({ name, role, scopes, expiresAt, revokedAt, rotatedTo }: ApiKey): Record<string, unknown> => ({
  name,
  role,
  scopes,
  expiresAt,
  revokedAt,
  rotatedTo,
});
