import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import type { Env } from "#env";
import { Fault } from "#lib/fault";
import { hmac, masterKeys } from "#lib/secrets";
import { roles, scopes } from "./access.ts";
import { directoryDatabase, newMeter, orgDatabase, type Meter } from "./database.ts";
import { isWellFormedKey } from "./key-format.ts";
import { apiKeys } from "./schema.ts";
import { shardOf, shards } from "./shards.ts";

const KeyRecord = z.object({
  orgId: z.string(),
  shard: z.int().min(0),
  keyId: z.string(),
  name: z.string(),
  role: z.enum(roles),
  scopes: z.array(z.union([z.enum(scopes), z.literal("*")])).readonly(),
  expiresAt: z.string().nullable(),
});

/** Whose key it is and what it may do. */
export type KeyRecord = z.infer<typeof KeyRecord>;

/** A good key. `hash` is what the caches know it by. */
export interface Credential extends KeyRecord {
  readonly hash: string;
}

export interface KeyLookup {
  readonly now: Date;
  waitUntil(promise: Promise<unknown>): void;
  /** Counts what the look-up costs. */
  readonly cost?: { readonly meter: Meter; kvReads: number };
  /** Asked before a key that no cache knows costs a query; refuses by throwing. */
  readonly beforeDatabase?: () => Promise<void>;
}

/** An isolate trusts what it looked up for this long; the gate, asked at every request, knows of revocations. */
const memoMs = 5 * 60_000;
const memoKeysMax = 10_000;
const memo = new Map<string, { readonly record: KeyRecord; readonly until: number }>();

/** Older copies in KV are not believed: a rotation may have brought the end of a key forward. */
const copyMs = 50 * 60_000;
const KvCopy = KeyRecord.extend({ readAt: z.int() });

/**
 * The credential behind a key: from this isolate's memory, from KV, or from D1, which alone is the truth. Faults:
 * UNAUTHORIZED, KEY_REVOKED, KEY_EXPIRED, and UNAVAILABLE when D1 cannot be asked.
 */
export async function findApiKey(env: Env, key: string, lookup: KeyLookup): Promise<Credential> {
  if (!isWellFormedKey(key)) throw unknownKey();
  const hashes = await hashesOf(env, key);
  const [hash = ""] = hashes;
  const record = remembered(hash, lookup.now) ?? (await lookUp(env, hashes, lookup));
  if (record.expiresAt !== null && record.expiresAt <= lookup.now.toISOString()) {
    throw new Fault("KEY_EXPIRED", `This key expired at ${record.expiresAt}. Use another one.`);
  }
  return { ...record, hash };
}

const unknownKey = (): Fault =>
  new Fault("UNAUTHORIZED", "This is not an API key we know. Check it for typing errors or make a new one.");

/** `<version>:<HMAC-SHA256 hex>` under every master key, the current one first. */
async function hashesOf(env: Env, key: string): Promise<string[]> {
  const keys = masterKeys(env.MASTER_KEYS);
  const versions = [...keys.versions.keys()].toReversed();
  return Promise.all(versions.map((version) => hashUnder(env, key, version)));
}

const hashUnder = async (env: Env, key: string, version: string): Promise<string> =>
  `${version}:${(await hmac(masterKeys(env.MASTER_KEYS), "api-key", key, version)).toHex()}`;

/** What is stored of a new key. */
export const hashApiKey = (env: Env, key: string): Promise<string> =>
  hashUnder(env, key, masterKeys(env.MASTER_KEYS).current);

function remembered(hash: string, now: Date): KeyRecord | null {
  const entry = memo.get(hash);
  return entry && entry.until > now.getTime() ? entry.record : null;
}

function remember(hash: string, record: KeyRecord, now: Date): void {
  memo.delete(hash);
  memo.set(hash, { record, until: now.getTime() + memoMs });
  const [oldest] = memo.keys();
  if (memo.size > memoKeysMax && oldest !== undefined) memo.delete(oldest);
}

/** This isolate asks again at the next use. */
export const forgetKey = (hash: string): void => void memo.delete(hash);

/** Removes a key from the caches: this isolate's and KV. */
export async function uncacheKey(env: Env, hash: string): Promise<void> {
  forgetKey(hash);
  await env.KEYS.delete(kvName(hash));
}

const kvName = (hash: string): string => `key:${hash}`;

async function lookUp(env: Env, hashes: readonly string[], lookup: KeyLookup): Promise<KeyRecord> {
  const cached = await fromKv(env, hashes, lookup);
  const record = cached ?? (await fromDatabase(env, hashes, lookup));
  const [hash = ""] = hashes;
  remember(hash, record, lookup.now);
  lookup.waitUntil(noteUse(env, record, lookup.now));
  return record;
}

/** A miss, a failure and a copy that cannot be believed are all the same: D1 is asked. */
async function fromKv(env: Env, hashes: readonly string[], lookup: KeyLookup): Promise<KeyRecord | null> {
  if (lookup.cost) lookup.cost.kvReads += hashes.length;
  const values = await Promise.allSettled(
    hashes.map((hash) => env.KEYS.get(kvName(hash), { type: "json", cacheTtl: 60 })),
  );
  for (const value of values) {
    const copy = KvCopy.safeParse(value.status === "fulfilled" ? value.value : null);
    if (copy.success && copy.data.readAt > lookup.now.getTime() - copyMs) return KeyRecord.parse(copy.data);
  }
  return null;
}

async function fromDatabase(env: Env, hashes: readonly string[], lookup: KeyLookup): Promise<KeyRecord> {
  await lookup.beforeDatabase?.();
  const meter = lookup.cost?.meter ?? newMeter();
  const found = await Promise.all(shards(env).map((d1, shard) => inShard(d1, shard, hashes, meter))).catch(
    (cause: unknown) => {
      throw new Fault("UNAVAILABLE", "Keys cannot be looked up right now. Try again.", {
        cause,
        members: { retryAfterSeconds: 1 },
      });
    },
  );
  const row = found.find((candidate) => candidate !== null);
  if (!row) throw unknownKey();
  if (row.revokedAt !== null) throw keyRevoked();
  lookup.waitUntil(fillKv(env, row.hash, row.record, lookup.now));
  return row.record;
}

export const keyRevoked = (): Fault => new Fault("KEY_REVOKED", "This key was revoked. Use another one.");

async function inShard(d1: D1Database, shard: number, hashes: readonly string[], meter: Meter) {
  const rows = await directoryDatabase(d1, meter)
    .select()
    .from(apiKeys)
    .where(inArray(apiKeys.hash, [...hashes]))
    .limit(1);
  const [row] = rows;
  if (!row) return null;
  const { orgId, id, name, role, expiresAt, hash, revokedAt } = row;
  return { hash, revokedAt, record: { orgId, shard, keyId: id, name, role, scopes: row.scopes, expiresAt } };
}

/** Keys of an organization that are not revoked, by their ids. */
export async function readKeys(
  env: Env,
  orgId: string,
  shard: number,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Credential>> {
  const rows = await orgDatabase(shardOf(env, shard), orgId, newMeter())
    .select()
    .from(apiKeys)
    .where(
      and(
        eq(apiKeys.orgId, orgId),
        sql`${apiKeys.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`,
        isNull(apiKeys.revokedAt),
      ),
    );
  return new Map(
    rows.map(({ id, name, role, scopes, expiresAt, hash }) => [
      id,
      { orgId, shard, keyId: id, name, role, scopes, expiresAt, hash },
    ]),
  );
}

/** A cache only: whether it works or not changes nothing. */
async function fillKv(env: Env, hash: string, record: KeyRecord, now: Date): Promise<void> {
  const copy = { ...record, readAt: now.getTime() };
  await env.KEYS.put(kvName(hash), JSON.stringify(copy), { expirationTtl: copyMs / 1000 }).catch(() => undefined);
}

/** `lastUsedAt` is exact to the minutes for which an isolate remembers a key. */
async function noteUse(env: Env, record: KeyRecord, now: Date): Promise<void> {
  const d1 = shards(env)[record.shard];
  const minuteAgo = new Date(now.getTime() - 60_000).toISOString();
  await d1
    ?.prepare("UPDATE api_keys SET last_used_at = ?3 WHERE org_id = ?1 AND id = ?2 AND coalesce(last_used_at, '') < ?4")
    .bind(record.orgId, record.keyId, now.toISOString(), minuteAgo)
    .run()
    .catch(() => undefined);
}
