import { directoryDatabase, newMeter } from "#db/database";
import { orgContext, type OrgContext } from "#db/context";
import { organizations } from "#db/schema";
import { defaultSettings } from "#db/values";
import type { Env } from "#env";
import { Fault } from "#lib/fault";
import { newId } from "#lib/id";
import { drawKey, insertKeyIf, type NewApiKey } from "#modules/api-keys";
import type { Organization } from "./get.ts";

export interface Bootstrap {
  readonly token: string | null;
  readonly name: string;
  readonly slug: string;
  readonly keyName: string;
}

export interface Bootstrapped {
  readonly organization: Organization;
  readonly apiKey: NewApiKey;
}

interface Surroundings {
  readonly env: Env;
  readonly now: Date;
  readonly requestId: string;
  readonly ip: string | null;
  readonly userAgent: string | null;
  waitUntil(promise: Promise<unknown>): void;
}

/**
 * Makes the first organization and its admin key. Faults: RESOURCE_NOT_FOUND once there is one and where no secret is set,
 * UNAUTHORIZED for another token.
 */
export async function bootstrap(surroundings: Surroundings, input: Bootstrap): Promise<Bootstrapped> {
  const { env } = surroundings;
  const db = directoryDatabase(env.DB, newMeter());
  const [existing] = env.BOOTSTRAP_TOKEN
    ? await db.select({ id: organizations.orgId }).from(organizations).limit(1)
    : [];
  if (!env.BOOTSTRAP_TOKEN || existing) throw gone();
  if (!(await sameText(input.token ?? "", env.BOOTSTRAP_TOKEN)))
    throw new Fault("UNAUTHORIZED", "This is not the bootstrap token.");
  const org = newOrgContext(surroundings);
  const organization = firstOrganization(org, input);
  const apiKey = await drawKey(org, { name: input.keyName, role: "admin", scopes: ["*"], expiresAt: null }, null);
  const entry = {
    action: "organization.bootstrap",
    target: { type: "organization", id: org.id },
    after: { name: input.name },
  } as const;
  const isThere = "SELECT 1 FROM organizations WHERE org_id = ?1";
  const [made] = await org.change(entry, [insertFirst(org, organization), insertKeyIf(org, apiKey.row, isThere)]);
  // safe: the statement answers the id of what it made.
  if ((made as unknown[]).length === 0) throw gone();
  return { organization, apiKey };
}

const gone = (): Fault => new Fault("RESOURCE_NOT_FOUND", "There is nothing at this address. See /api/docs.");

const newOrgContext = ({ env, now, requestId, ip, userAgent, waitUntil }: Surroundings): OrgContext =>
  orgContext({
    env,
    now,
    requestId,
    ip,
    userAgent,
    waitUntil: (promise) => waitUntil(promise),
    orgId: newId(),
    shard: 0,
    role: "admin",
    actor: { type: "system", id: "system", name: "Cloudglass" },
  });

function firstOrganization(org: OrgContext, { name, slug }: Bootstrap): Organization {
  const now = org.now.toISOString();
  return {
    orgId: org.id,
    name,
    slug,
    tier: "team",
    shard: 0,
    settings: defaultSettings,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
}

/** Of two at once one finds the other's row. */
const insertFirst = (org: OrgContext, { name, slug, settings, createdAt }: Organization) =>
  org.db.sql(
    `INSERT INTO organizations (org_id, name, slug, tier, shard, settings, version, created_at, updated_at)
     SELECT ?1, ?2, ?3, 'team', 0, ?4, 1, ?5, ?5 WHERE NOT EXISTS (SELECT 1 FROM organizations) RETURNING org_id`,
    org.id,
    name,
    slug,
    JSON.stringify(settings),
    createdAt,
  );

/** Takes as long whatever they have in common: their digests are compared, not they. */
async function sameText(a: string, b: string): Promise<boolean> {
  const digest = (text: string): Promise<ArrayBuffer> =>
    crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return crypto.subtle.timingSafeEqual(await digest(a), await digest(b));
}
