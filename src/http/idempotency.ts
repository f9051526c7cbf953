import type { Credential } from "#db/api-keys";
import type { IdempotencyClaim } from "#db/context";
import { orgDatabase, type Database, type RawStatement, type Statement } from "#db/database";
import { shardOf } from "#db/shards";
import { Fault } from "#lib/fault";
import { sha256Hex } from "#lib/hash";
import { newId } from "#lib/id";
import { masterKeys, open, seal } from "#lib/secrets";
import { invalidRequest } from "#lib/validate";
import type { Rendered } from "./answer.ts";
import type { Ctx } from "./context.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Input } from "./input.ts";
import { observed } from "./observed.ts";

const keptMs = 24 * 3_600_000;
/** A first request that did not end by then is taken to have died; another may take its place. */
const staleMs = 60_000;

/** The first request with its key: it goes on, and its answer is kept. */
export interface Claim extends IdempotencyClaim {
  /** Keeps the answer if the batch with the effect has not done so. */
  settle(rendered: Rendered): Promise<void>;
  /** After a refusal, which had no effect: the same key may be used again. */
  release(): Promise<void>;
}

interface Record {
  readonly id: string;
  readonly orgId: string;
  readonly claimedAt: string;
}

interface Stored {
  readonly fingerprint: string;
  readonly status: number | null;
  readonly reply: string | null;
  readonly headers: string | null;
}

/** The Idempotency-Key of a POST: a structured-field string or bare. Faults: INVALID_REQUEST. */
export function idempotencyKeyOf(headers: Headers): string | null {
  const value = headers.get("idempotency-key");
  if (value === null) return null;
  const key = /^"(.*)"$/.exec(value)?.[1] ?? value;
  if (/^[\x20-\x7e]{1,255}$/.test(key)) return key;
  throw invalidRequest([
    { in: "header", pointer: "Idempotency-Key", message: "must be 1 to 255 printable ASCII characters" },
  ]);
}

/**
 * Claims the key by an INSERT, which is the lock. Answers the claim, or the kept answer of the first request. Faults:
 * IDEMPOTENCY_IN_FLIGHT, IDEMPOTENCY_KEY_REUSED.
 */
export async function claimKey(
  c: Ctx,
  endpoint: Endpoint,
  credential: Credential,
  input: Input,
  render: (value: unknown) => Promise<Rendered>,
): Promise<{ readonly claim: Claim } | { readonly replay: Rendered } | null> {
  const key = endpoint.method === "post" ? idempotencyKeyOf(c.req.raw.headers) : null;
  if (key === null) return null;
  const db = orgDatabase(shardOf(c.env, credential.shard), credential.orgId, c.var.cost.meter);
  const id = await sha256Hex(JSON.stringify([credential.keyId, endpoint.method, endpoint.path, key]));
  const record = { id, orgId: credential.orgId, claimedAt: c.var.now.toISOString() };
  const fingerprint = await sha256Hex(
    JSON.stringify([endpoint.method, input.url.pathname, input.url.search, input.rawBody]),
  );
  const [claimed, stored] = await db.atomic([
    claimStatement(db, record, fingerprint, c.var.now),
    storedStatement(db, record),
  ]);
  // safe: the statements above answer these columns.
  const [own] = claimed as { reserved_id: string }[];
  if (own) return { claim: claimOf({ c, db, record, endpoint, render }, own.reserved_id) };
  return { replay: await replayOf(c, record, fingerprint, (stored as Stored[])[0]) };
}

function claimStatement(db: Database, record: Record, fingerprint: string, now: Date): Statement {
  return db.sql(
    `INSERT INTO idempotency_keys (org_id, id, fingerprint, reserved_id, claimed_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
     ON CONFLICT (org_id, id) DO UPDATE SET
       reserved_id = CASE WHEN expires_at <= ?5 THEN excluded.reserved_id ELSE reserved_id END,
       fingerprint = excluded.fingerprint, claimed_at = excluded.claimed_at, expires_at = excluded.expires_at,
       status = NULL, reply = NULL, headers = NULL
     WHERE expires_at <= ?5 OR (status IS NULL AND claimed_at <= ?7 AND fingerprint = excluded.fingerprint)
     RETURNING reserved_id`,
    record.orgId,
    record.id,
    fingerprint,
    newId(),
    record.claimedAt,
    new Date(now.getTime() + keptMs).toISOString(),
    new Date(now.getTime() - staleMs).toISOString(),
  );
}

const storedStatement = (db: Database, { orgId, id }: Record): Statement =>
  db.sql("SELECT fingerprint, status, reply, headers FROM idempotency_keys WHERE org_id = ?1 AND id = ?2", orgId, id);

async function replayOf(c: Ctx, record: Record, fingerprint: string, stored: Stored | undefined): Promise<Rendered> {
  if (stored && stored.fingerprint !== fingerprint) {
    throw new Fault("IDEMPOTENCY_KEY_REUSED", "This Idempotency-Key came with another request before. Use a new one.");
  }
  if (!stored || stored.status === null) {
    throw new Fault("IDEMPOTENCY_IN_FLIGHT", "The first request with this key has not ended yet. Try again.", {
      members: { retryAfterSeconds: 1 },
    });
  }
  const keys = masterKeys(c.env.MASTER_KEYS);
  const text = stored.reply === null ? null : await open(keys, "idempotency", subjectOf(record), stored.reply);
  const headers = JSON.parse(stored.headers ?? "{}") as { [name: string]: string };
  return { status: stored.status, headers: { ...headers, "Idempotency-Replayed": "true" }, text };
}

const subjectOf = ({ orgId, id }: Record): string => `idempotency_keys/${orgId}/${id}`;

/** What the life of a claim needs. */
interface Claiming {
  readonly c: Ctx;
  readonly db: Database;
  readonly record: Record;
  readonly endpoint: Endpoint;
  readonly render: (value: unknown) => Promise<Rendered>;
}

function claimOf(claiming: Claiming, reservedId: string): Claim {
  const { db, record, endpoint, render } = claiming;
  let kept = false;
  const keep = async (rendered: Rendered, auditId: string | null): Promise<Statement> =>
    observed(await keepStatement(claiming, rendered, auditId), (rows) => {
      kept ||= rows.length > 0;
    });
  return {
    reservedId,
    async completion(value, auditId) {
      // A verb that did not say what it answers is completed after it has.
      const unknownAnswer = value === undefined && endpoint.reply.kind !== "none";
      return unknownAnswer ? db.sql("SELECT ?1 AS org_id", record.orgId) : keep(await render(value), auditId);
    },
    async settle(rendered) {
      if (!kept) await db.atomic([await keep(rendered, null)]);
    },
    async release() {
      await db.atomic([releaseStatement(db, record)]);
    },
  };
}

/** With an audit row named, only if it was written: the batch had its effect. */
async function keepStatement(
  { c, db, record }: Claiming,
  { status, headers, text }: Rendered,
  auditId: string | null,
): Promise<RawStatement<unknown>> {
  const reply =
    text === null ? null : await seal(masterKeys(c.env.MASTER_KEYS), "idempotency", subjectOf(record), text);
  return db.sql(
    `UPDATE idempotency_keys SET status = ?3, reply = ?4, headers = ?5
     WHERE org_id = ?1 AND id = ?2 AND status IS NULL
       AND (?6 IS NULL OR EXISTS (SELECT 1 FROM audit_log WHERE org_id = ?1 AND id = ?6)) RETURNING id`,
    record.orgId,
    record.id,
    status,
    reply,
    JSON.stringify(headers),
    auditId,
  );
}

const releaseStatement = (db: Database, { orgId, id, claimedAt }: Record): Statement =>
  db.sql(
    "DELETE FROM idempotency_keys WHERE org_id = ?1 AND id = ?2 AND status IS NULL AND claimed_at = ?3",
    orgId,
    id,
    claimedAt,
  );
