import { and, eq, sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import { scans, type ScanStatus } from "./schema.ts";
import type { ScanSummary } from "./values.ts";

/*
 * What a scan says of itself while it runs, and what sockets carry. Frames are news, not truth: one may be lost, and what
 * comes later says everything again. Truth is in the database, from where `sync` is read.
 */

/** How far a scan is. All figures are totals so far, so that a lost frame is made good by the next one. */
export interface ScanProgress {
  readonly type: "progress";
  readonly scanId: string;
  /** 0 to 100; the feed never lets it fall. */
  readonly percent: number;
  readonly step: "planned" | "collecting";
  /** ISO 8601 UTC. */
  readonly ts: string;
  /** What was just done; null when that was no region's, or no service's. */
  readonly region: string | null;
  readonly service: string | null;
  readonly counts: Readonly<Record<string, number>>;
}

/** What a scan did, without the coverage, which is too big for a frame. */
export type FrameSummary = Omit<ScanSummary, "coverage">;

/** The scan has ended (complete, partial or canceled). The last frame of its scan. */
export interface ScanComplete {
  readonly type: "complete";
  readonly scanId: string;
  readonly status: ScanStatus;
  readonly summary: FrameSummary;
}

/** The scan has failed. The last frame of its scan. */
export interface ScanError {
  readonly type: "error";
  readonly scanId: string;
  /** UPPER_SNAKE. */
  readonly code: string;
  readonly reason: string;
}

/** A finding that a scan has just opened. */
export interface OpenedFinding {
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly severity: string;
  readonly service: string;
  readonly region: string;
  readonly accountId: string;
  readonly resourceName: string | null;
}

/** What a batch of a scan did to findings: news of the moment, not repeated by what comes later. */
export interface ScanFindings {
  readonly type: "finding";
  readonly scanId: string;
  /** The worst first; those that have room in a frame. */
  readonly opened: readonly OpenedFinding[];
  /** All of them. */
  readonly counts: { readonly opened: number; readonly reopened: number; readonly resolved: number };
}

/** What a scan publishes. */
export type ScanFrame = ScanProgress | ScanFindings | ScanComplete | ScanError;

/**
 * As sockets get it: `seq` is its number within the scan, counted from 1 and strictly increasing; `eventId` its number among
 * all frames of the organization.
 */
export type NumberedFrame = ScanFrame & { readonly seq: number; readonly eventId: number };

/** Nothing follows such a frame within its scan. */
export const isLastFrame = ({ type }: ScanFrame): boolean => type === "complete" || type === "error";

/** The state of one scan as the database has it. Frames with a `seq` above the one named here are newer. */
export interface ScanState {
  readonly id: string;
  readonly status: ScanStatus;
  readonly percent: number;
  readonly accountId: string | null;
  readonly awsAccountId: string;
  readonly startedAt: string | null;
  readonly completedAt: string | null;
  /** Number of the last frame of this scan; 0: none yet. */
  readonly seq: number;
}

/** Everything a socket may be sent. */
export type ServerFrame =
  | NumberedFrame
  | {
      readonly type: "ready";
      readonly connectionId: string;
      readonly protocol: "cloudglass.v1";
      /** Numbered frames with a greater `eventId` follow. */
      readonly eventId: number;
    }
  | { readonly type: "sync"; readonly scan: ScanState }
  | { readonly type: "subscribed"; readonly scanIds: readonly string[] | null }
  | { readonly type: "error"; readonly code: string; readonly reason: string; readonly problem: object }
  | { readonly type: "pong" }
  | { readonly type: "closing"; readonly code: number; readonly reason: string };

export function frameSummary({ coverage: _coverage, ...summary }: ScanSummary): FrameSummary {
  return summary;
}

/** What the feed knows of a scan's end and of its present state, as the database has it. */
export interface ScanRecord extends Omit<ScanState, "percent" | "seq"> {
  readonly active: boolean;
  readonly summary: FrameSummary;
  readonly errorMessage: string | null;
}

/** An organization with more scans than this under way is told of these only. */
const recordsMax = 1_000;

/** Scans of one organization: those under way, or those with these ids, whatever their state. Unknown ids are left out. */
export async function readScanRecords(
  db: Database,
  orgId: string,
  which: "active" | readonly string[],
): Promise<ScanRecord[]> {
  // By the index that holds nothing else: of itself SQLite would read all there ever were.
  const named =
    which === "active"
      ? sql`${scans.id} IN (SELECT id FROM scans INDEXED BY scans_all_active WHERE active = 1 AND org_id = ${orgId})`
      : sql`${scans.id} IN (SELECT value FROM json_each(${JSON.stringify(which)}))`;
  const { id, status, accountId, awsAccountId, startedAt, completedAt, active, errorMessage } = scans;
  // Without what is a hundred times as long as all the rest.
  const summary = sql`json_remove(${scans.summary}, '$.coverage')`.mapWith((text) => JSON.parse(text) as FrameSummary);
  const rows = await db
    .select({ id, status, accountId, awsAccountId, startedAt, completedAt, active, summary, errorMessage })
    .from(scans)
    .where(and(eq(scans.orgId, orgId), named))
    .limit(recordsMax);
  return rows.map((row) => ({ ...row, active: row.active === 1 }));
}

/** Whose scan it is; null when it is nobody's in this database. For a socket's upgrade, which names only the scan. */
export async function readScanOwner(directory: Database, scanId: string): Promise<string | null> {
  const rows = await directory.select({ orgId: scans.orgId }).from(scans).where(eq(scans.id, scanId)).limit(1);
  return rows[0]?.orgId ?? null;
}

const findingsInFrame = 20;
/** Bytes of a frame of findings, its numbers included. */
const findingFrameBytesMax = 4_096;
const numbersBytes = 64;
const severities = ["critical", "high", "medium", "low", "info"];

/** As many of the opened findings as have room, the worst first; what is long is cut. */
export function findingFrame(
  scanId: string,
  opened: readonly OpenedFinding[],
  counts: ScanFindings["counts"],
): ScanFindings {
  const worst = opened
    .toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity))
    .slice(0, findingsInFrame)
    .map(({ id, type, title, severity, service, region, accountId, resourceName }) => {
      const name = resourceName?.slice(0, 128) ?? null;
      return { id, type, title: title.slice(0, 200), severity, service, region, accountId, resourceName: name };
    });
  const bytes = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length + 1;
  let left = findingFrameBytesMax - numbersBytes - bytes({ type: "finding", scanId, opened: [], counts });
  const fitting = worst.filter((finding) => (left -= bytes(finding)) >= 0);
  return { type: "finding", scanId, opened: fitting, counts };
}

/** The last frame of a scan that has ended, from what the database says of it. */
export function finalFrame({ id, status, summary, errorMessage }: ScanRecord): ScanComplete | ScanError {
  return status === "error"
    ? { type: "error", scanId: id, code: "SCAN_FAILED", reason: errorMessage ?? "scan_failed" }
    : { type: "complete", scanId: id, status, summary };
}

/**
 * Headers by which the Worker hands a socket to the feed. It writes all of them itself; a client's own never get that far.
 * `auth` is `header` when the Worker has checked the credential and `message` when the socket has to send one.
 */
export const openingHeaders = {
  auth: "x-cloudglass-auth",
  org: "x-cloudglass-org",
  shard: "x-cloudglass-shard",
  credential: "x-cloudglass-credential",
  expires: "x-cloudglass-expires",
  findings: "x-cloudglass-findings",
  after: "x-cloudglass-after",
  scan: "x-cloudglass-scan",
  address: "x-cloudglass-address",
} as const;
