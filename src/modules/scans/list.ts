import { gte, lt, lte, sql, type SQL } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import { listRows, type Filter } from "#db/list";
import type { Page, PageRequest } from "#db/page";
import { scans, type ScanStatus } from "#db/schema";
import { accountFilter } from "#modules/accounts";
import type { ScanRow } from "#scans/claim";

export interface ScanFilters {
  readonly status?: readonly ScanStatus[] | undefined;
  readonly accountId?: readonly string[] | undefined;
  readonly runId?: readonly string[] | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

export const activeStatuses = ["queued", "processing", "running", "analyzing"] as const satisfies readonly ScanStatus[];
export const endedStatuses = ["complete", "partial", "error", "canceled"] as const satisfies readonly ScanStatus[];

const newestFirst = [{ column: scans.id, descending: true }];

/** A page of the scans, the newest first. */
export async function listScans(org: OrgContext, page: PageRequest, filters: ScanFilters): Promise<Page<ScanRow>> {
  const { status, runId, since, until } = filters;
  const account = await accountFilter(org, scans.accountId, filters.accountId);
  const kept: Filter[] = [
    ...(runId ? [{ column: scans.runId, values: runId }] : []),
    ...(status ? [{ column: scans.status, values: status }] : []),
  ];
  return listRows(org, {
    table: scans,
    page,
    order: newestFirst,
    sortable: { createdAt: scans.id },
    filters: [...account, ...kept],
    conditions: between(since, until),
  });
}

/** How far the time in an id may be from when the scan was created. */
const slackMs = 24 * 60 * 60_000;

/** Ids begin with their time, so that a span of time is a span of the index; `created_at` then decides exactly. */
function between(since: string | undefined, until: string | undefined): SQL[] {
  return [
    ...(since ? [gte(scans.createdAt, since), gte(scans.id, idAt(Date.parse(since) - slackMs))] : []),
    ...(until ? [lte(scans.createdAt, until), lt(scans.id, idAt(Date.parse(until) + slackMs))] : []),
  ];
}

/** The least UUIDv7 of a moment. */
function idAt(ms: number): string {
  const hex = Math.max(0, ms).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-0000-0000-000000000000`;
}

/** The newest scans that have ended, no more than `limit`. */
export async function recentScans(org: OrgContext, limit: number): Promise<readonly ScanRow[]> {
  const page: PageRequest = { limit, sort: [], from: null, page: null, count: false };
  return (await listScans(org, page, { status: endedStatuses })).rows;
}

/** One scan: zero or one row. */
export const isScan = (org: OrgContext, id: string): SQL => sql`${scans.orgId} = ${org.id} AND ${scans.id} = ${id}`;
