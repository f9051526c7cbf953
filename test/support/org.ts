import { env } from "cloudflare:workers";
import type { GrantedScope, Role } from "#db/access";
import { hashApiKey } from "#db/api-keys";
import { keyHint, makeKey } from "#db/key-format";
import { defaultSettings, type OrgSettings } from "#db/values";
import { newId } from "#lib/id";

export interface TestOrg {
  readonly id: string;
  /** A key of each role with every scope. */
  readonly keys: Readonly<Record<Role, string>>;
  readonly keyIds: Readonly<Record<Role, string>>;
}

/** An organization of its own for one test, with a key of each role. */
export async function makeOrg(settings: Partial<OrgSettings> = {}): Promise<TestOrg> {
  const id = newId();
  const now = new Date().toISOString();
  await env.DB.prepare(
    `INSERT INTO organizations (org_id, name, slug, tier, shard, settings, version, created_at, updated_at)
     VALUES (?1, 'Example', ?1, 'team', 0, ?2, 1, ?3, ?3)`,
  )
    .bind(id, JSON.stringify({ ...defaultSettings, ...settings }), now)
    .run();
  if (settings.limits) await env.ORG_GATE.getByName(id).configure(settings.limits);
  const made = await Promise.all(
    (["viewer", "analyst", "editor", "admin"] as const).map(
      async (role) => [role, await makeApiKey(id, { role })] as const,
    ),
  );
  const keys = Object.fromEntries(made.map(([role, { key }]) => [role, key])) as Record<Role, string>;
  const keyIds = Object.fromEntries(made.map(([role, { id: keyId }]) => [role, keyId])) as Record<Role, string>;
  return { id, keys, keyIds };
}

export interface KeyOptions {
  readonly role?: Role;
  readonly scopes?: readonly GrantedScope[];
  readonly expiresAt?: string | null;
}

/** A key straight into the database, as a colleague's request would have made it. */
export async function makeApiKey(orgId: string, { role = "admin", scopes = ["*"], expiresAt = null }: KeyOptions = {}) {
  const key = makeKey();
  const id = newId();
  await env.DB.prepare(
    `INSERT INTO api_keys (org_id, id, name, hash, hint, role, scopes, expires_at, version, created_at, updated_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, ?9, ?9)`,
  )
    .bind(
      orgId,
      id,
      `${role} key`,
      await hashApiKey(env, key),
      keyHint(key),
      role,
      JSON.stringify(scopes),
      expiresAt,
      new Date().toISOString(),
    )
    .run();
  return { key, id };
}
