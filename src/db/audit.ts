import { canonicalJson } from "#lib/hash";
import type { OrgContext } from "./context.ts";
import type { Statement } from "./database.ts";

/** What a change was: `webhook.create` of which thing, and what it was like before and after. */
export interface AuditEntry {
  readonly action: `${string}.${string}`;
  readonly target: { readonly type: string; readonly id: string };
  readonly before?: Readonly<Record<string, unknown>> | null;
  readonly after?: Readonly<Record<string, unknown>> | null;
}

/** Members that never stand in the audit log, whatever they hold. */
const secretMembers = new Set([
  "secret",
  "hash",
  "key",
  "token",
  "password",
  "secretAccessKey",
  "sealedSecret",
  "credential",
  "externalId",
]);

/**
 * The audit row of a change, for its batch. Written only when the statement before it changed a row (`changes() > 0`), so a
 * refused precondition leaves no trace of a change that was not made.
 */
export function auditStatement(org: OrgContext, id: string, entry: AuditEntry): Statement {
  return org.db.sql(
    `INSERT INTO audit_log (org_id, id, at, actor_type, actor_id, actor_name, ip, user_agent, action, target_type, target_id, changes, request_id)
     SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13 WHERE changes() > 0`,
    org.id,
    id,
    org.now.toISOString(),
    org.actor.type,
    org.actor.id,
    org.actor.name,
    org.ip,
    org.userAgent?.slice(0, 256) ?? null,
    entry.action,
    entry.target.type,
    entry.target.id,
    JSON.stringify(changedMembers(entry.before ?? {}, entry.after ?? {})),
    org.requestId,
  );
}

/** The members that differ, one line each; secrets say only that they changed. */
export function changedMembers(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): { path: string; old: unknown; new: unknown }[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  return names
    .filter((name) => canonicalJson(before[name] ?? null) !== canonicalJson(after[name] ?? null))
    .map((name) => ({
      path: `/${name}`,
      old: shown(name, before[name]),
      new: shown(name, after[name]),
    }));
}

function shown(name: string, value: unknown): unknown {
  if (value === undefined || value === null) return null;
  return secretMembers.has(name) ? "(not shown)" : withoutSecrets(value);
}

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shown(name, inner)]));
}
