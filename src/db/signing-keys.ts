import { asc } from "drizzle-orm";
import type { InferSelectModel } from "drizzle-orm";
import type { Env } from "#env";
import { newRsaKey, type PublicJwk } from "#lib/jwt";
import { masterKeys, open, seal } from "#lib/secrets";
import { directoryDatabase, newMeter, type Database } from "./database.ts";
import { signingKeys } from "./schema.ts";

const hourMs = 3_600_000;

/** How long a key signs. */
const termMs = 90 * 24 * hourMs;

/**
 * How long a key is published before it signs, and after: a day, and an hour for caches of the key set and a late tick.
 * Whoever verifies a token meanwhile finds its key however it caches.
 */
const overlapMs = 25 * hourMs;

type KeyRow = InferSelectModel<typeof signingKeys>;

/** They belong to no organization, so they lie in the first of the databases. */
const database = (env: Env): Database => directoryDatabase(env.DB, newMeter());

const later = (now: Date, ms: number): string => new Date(now.getTime() + ms).toISOString();

/** In the order in which they sign. */
const stored = (env: Env): Promise<KeyRow[]> =>
  database(env).select().from(signingKeys).orderBy(asc(signingKeys.signsFrom));

/** The public keys to verify our tokens with: the one that signs, and around a rotation the next or the last one. */
export async function publishedKeys(env: Env, now: Date): Promise<readonly PublicJwk[]> {
  return (await keysOf(env, now)).map(({ publicJwk }) => publicJwk);
}

/** What signs at this moment. The private key is for memory only. */
export async function signingKey(env: Env, now: Date): Promise<{ readonly kid: string; readonly privateJwk: string }> {
  const keys = await keysOf(env, now);
  const key = keys.findLast(({ signsFrom }) => signsFrom <= now.toISOString()) ?? keys[0];
  if (!key) throw new Error("There is no signing key");
  const privateJwk = await open(masterKeys(env.MASTER_KEYS), "issuer-key", key.kid, key.sealedPrivate);
  return { kid: key.kid, privateJwk };
}

/** The first use makes the first key. */
async function keysOf(env: Env, now: Date): Promise<readonly KeyRow[]> {
  const keys = await stored(env);
  if (keys.length > 0) return keys;
  await addKey(env, now, { signsFrom: now.toISOString(), newest: "" });
  return stored(env);
}

/** Adds the next key a day before it is to sign, and takes out those that have not signed for a day. Safe to repeat. */
export async function rotateSigningKeys(env: Env, now: Date): Promise<void> {
  const newest = (await keysOf(env, now)).at(-1)?.signsFrom ?? "";
  if (Date.parse(newest) + termMs - overlapMs <= now.getTime()) {
    await addKey(env, now, { signsFrom: later(now, overlapMs), newest });
  }
  const db = database(env);
  await db.atomic([
    db.sql(
      `DELETE FROM signing_keys WHERE EXISTS (
         SELECT 1 FROM signing_keys AS next WHERE next.signs_from > signing_keys.signs_from AND next.signs_from <= ?1)`,
      later(now, -overlapMs),
    ),
  ]);
}

/** Of those who add a key at once, one does: the others find that `newest` is no longer the newest. */
async function addKey(
  env: Env,
  now: Date,
  { signsFrom, newest }: { readonly signsFrom: string; readonly newest: string },
): Promise<void> {
  const { publicJwk, privateJwk } = await newRsaKey();
  const sealedPrivate = await seal(masterKeys(env.MASTER_KEYS), "issuer-key", publicJwk.kid, privateJwk);
  const db = database(env);
  await db.atomic([
    db.sql(
      `INSERT INTO signing_keys (kid, public_jwk, sealed_private, signs_from, created_at)
       SELECT ?1, ?2, ?3, ?4, ?5 WHERE coalesce((SELECT max(signs_from) FROM signing_keys), '') = ?6`,
      publicJwk.kid,
      JSON.stringify(publicJwk),
      sealedPrivate,
      signsFrom,
      now.toISOString(),
      newest,
    ),
  ]);
}
