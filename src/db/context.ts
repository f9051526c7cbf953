import type { Env } from "#env";
import { newId } from "#lib/id";
import type { Actor, Role } from "./access.ts";
import { auditStatement, type AuditEntry } from "./audit.ts";
import { newMeter, orgDatabase, type Database, type Meter, type Statement } from "./database.ts";
import { shardOf } from "./shards.ts";

/** Completes the record of an Idempotency-Key in the batch that has the effect, if the audit row says that it had one. */
export interface IdempotencyClaim {
  readonly reservedId: string;
  completion(value: unknown, auditId: string): Promise<Statement>;
}

/**
 * All that a verb may know of who asks, when, and where the rows are. The database in it belongs to one organization and
 * refuses statements without its id.
 */
export interface OrgContext {
  readonly id: string;
  readonly shard: number;
  readonly actor: Actor;
  readonly role: Role;
  /** The time of this request, message or tick: nothing inside reads another clock. */
  readonly now: Date;
  readonly requestId: string | null;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly db: Database;
  readonly env: Env;
  /** Leaves work to be done after the answer. */
  waitUntil(promise: Promise<unknown>): void;
  /** The id of what is created: the one drawn with the Idempotency-Key for the first, so that a second run meets its own row. */
  newId(): string;
  /**
   * The one way for people to change something: the statements, the audit row and the Idempotency-Key's record in one batch.
   * The audit row is written only when the first statement changed a row, so a precondition belongs in its WHERE. `value`
   * is what the caller will be answered with; `before` are statements that must run ahead of the first, and change nothing
   * people see. Answers the rows of each of `statements`.
   */
  change(
    entry: AuditEntry,
    statements: readonly [Statement, ...Statement[]],
    value?: unknown,
    before?: readonly Statement[],
  ): Promise<unknown[]>;
}

export interface ContextOptions {
  readonly env: Env;
  readonly orgId: string;
  readonly shard: number;
  readonly actor: Actor;
  readonly role: Role;
  readonly now: Date;
  readonly requestId?: string | null;
  readonly ip?: string | null;
  readonly userAgent?: string | null;
  readonly meter?: Meter;
  readonly claim?: IdempotencyClaim | null;
  readonly waitUntil: (promise: Promise<unknown>) => void;
}

export function orgContext(options: ContextOptions): OrgContext {
  const db = orgDatabase(shardOf(options.env, options.shard), options.orgId, options.meter ?? newMeter());
  const claim = options.claim ?? null;
  let reserved = claim?.reservedId ?? null;
  const context: OrgContext = {
    id: options.orgId,
    shard: options.shard,
    actor: options.actor,
    role: options.role,
    now: options.now,
    requestId: options.requestId ?? null,
    ip: options.ip ?? null,
    userAgent: options.userAgent ?? null,
    db,
    env: options.env,
    waitUntil: options.waitUntil,
    newId() {
      const id = reserved ?? newId();
      reserved = null;
      return id;
    },
    async change(entry, [first, ...rest], value, before = []) {
      const auditId = newId();
      const completion = claim ? [await claim.completion(value, auditId)] : [];
      const audit = auditStatement(context, auditId, entry);
      const results = (await db.atomic([...before, first, audit, ...rest, ...completion])).slice(before.length);
      return [results[0], ...results.slice(2, 2 + rest.length)];
    },
  };
  return context;
}

/** For consumers and cron jobs: the system acting for one organization. */
export const systemContext = (
  env: Env,
  org: { orgId: string; shard: number },
  now: Date,
  waitUntil: (promise: Promise<unknown>) => void,
  meter = newMeter(),
): OrgContext =>
  orgContext({
    env,
    ...org,
    now,
    waitUntil,
    meter,
    role: "admin",
    actor: { type: "system", id: "system", name: "Cloudglass" },
  });
