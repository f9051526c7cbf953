import { gte, lt, type InferSelectModel, type SQL } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import { listRows, type Filter } from "#db/list";
import type { Page, PageRequest } from "#db/page";
import { auditLog } from "#db/schema";

export type AuditRow = InferSelectModel<typeof auditLog>;

export interface AuditFilters {
  readonly action?: readonly string[] | undefined;
  readonly actorId?: readonly string[] | undefined;
  readonly targetId?: readonly string[] | undefined;
  /** From then on. */
  readonly since?: string | undefined;
  /** Before then. */
  readonly until?: string | undefined;
}

/** Row ids are drawn a little after the time they tell; a request does not last longer than this. */
const requestMs = 15 * 60_000;

/** A page of what was changed, the newest first. */
export function listAuditLog(org: OrgContext, filters: AuditFilters, page: PageRequest): Promise<Page<AuditRow>> {
  const { action, actorId, targetId } = filters;
  const named: (Filter | null)[] = [
    action ? { column: auditLog.action, values: action } : null,
    actorId ? { column: auditLog.actorId, values: actorId } : null,
    targetId ? { column: auditLog.targetId, values: targetId } : null,
  ];
  return listRows(org, {
    table: auditLog,
    page,
    order: [{ column: auditLog.id, descending: true }],
    filters: named.filter((filter) => filter !== null),
    conditions: [...from(filters.since), ...before(filters.until)],
  });
}

/** Ids are UUIDv7, so that a bound in time is also one in the order that the index has. */
const from = (since: string | undefined): SQL[] =>
  since === undefined ? [] : [gte(auditLog.at, since), gte(auditLog.id, firstIdAt(Date.parse(since) - requestMs))];

const before = (until: string | undefined): SQL[] =>
  until === undefined ? [] : [lt(auditLog.at, until), lt(auditLog.id, firstIdAt(Date.parse(until) + requestMs))];

/** The least UUIDv7 of a millisecond (RFC 9562 §5.7). */
function firstIdAt(timeMs: number): string {
  const hex = Math.max(0, timeMs).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
