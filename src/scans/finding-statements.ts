import type { Statement } from "#db/database";
import type { FindingWrite } from "./change.ts";
import type { AccountRow, ClaimedTask, ScanRow } from "./claim.ts";

/*
 * A finding is seen in stretches. While one runs (`verified`, not resolved) nothing is written: how often and when it was
 * last seen follows from the complete runs of its collector since `runs_at_start`. A stretch ends when the finding is
 * resolved or can no longer be verified; what it added is then written into the row.
 *
 * People's words win: status, snooze, reason are only touched where a resolved finding comes back, or an ignored one is no
 * longer the same.
 */

const columns = [
  "org_id",
  "id",
  "account_id",
  "aws_account_id",
  "resource_id",
  "place",
  "collector",
  "service",
  "resource_type",
  "region",
  "resource_arn",
  "resource_name",
  "type",
  "title",
  "category",
  "severity",
  "severity_rank",
  "summary",
  "details",
  "evidence",
  "digest",
  "decisive",
  "savings_monthly",
  "exposure",
  "environment",
  "risk_log",
  "status",
  "suppression_id",
  "ignore_reason",
  "ignored_until",
  "first_detected_at",
  "last_detected_at",
  "detections_before",
  "runs_at_start",
  "verified",
  "reopened_count",
  "last_scan_id",
  "version",
  "created_at",
  "updated_at",
];

/** A resolved one fails again, or what a person decided about is no longer the same. */
const comesBack =
  "(status = 'resolved' OR (status IN ('ignored', 'snoozed') AND suppression_id IS NULL AND decisive NOT IN ('', excluded.decisive)))";
/** A suppression takes an open one, or lets go of one that it had. Never one that a person reopened. */
const moves = `(${comesBack} OR suppression_id IS NOT NULL OR (status = 'open' AND excluded.suppression_id IS NOT NULL))`;
const taken = `(${moves} AND exempt = 0)`;
const moved = ["status", "ignore_reason", "ignored_until", "suppression_id"]
  .map((column) => {
    const opened = column === "status" ? "'open'" : "NULL";
    return `${column} = CASE WHEN ${taken} THEN excluded.${column} WHEN ${moves} THEN ${opened} ELSE ${column} END`;
  })
  .join(", ");
const newStretch = "(status = 'resolved' OR verified = 0 OR account_id <> excluded.account_id)";
const refreshed = [
  "account_id",
  "place",
  "collector",
  "region",
  "resource_arn",
  "resource_name",
  "title",
  "category",
  "severity",
  "severity_rank",
  "summary",
  "details",
  "evidence",
  "digest",
  "decisive",
  "savings_monthly",
  "exposure",
  "environment",
  "risk_log",
  "last_scan_id",
  "updated_at",
];

/** Where findings were looked at, and the scan that they are ascribed to. */
export type Writing = Pick<ClaimedTask, "org" | "place"> & {
  readonly account: Pick<AccountRow, "id" | "awsAccountId">;
  readonly scan: Pick<ScanRow, "id">;
};

/** Opens findings, or brings their facts up to date. `runs`: complete runs of the collector before this scan. */
export function openFindings(
  task: Writing,
  findings: readonly (FindingWrite & { readonly runs: number })[],
): Statement[] {
  if (findings.length === 0) return [];
  return [
    task.org.db.sql(
      `INSERT INTO findings (${columns.join(", ")})
       SELECT ?1, f.value ->> 'id', ?3, ?4, f.value ->> 'resourceId', ?5, f.value ->> 'collector', f.value ->> 'service',
         f.value ->> 'resourceType', f.value ->> 'region', f.value ->> 'resourceArn', f.value ->> 'resourceName',
         f.value ->> 'type', f.value ->> 'title', f.value ->> 'category', f.value ->> 'severity', f.value ->> 'severityRank',
         f.value ->> 'summary', f.value -> 'details', f.value -> 'evidence', f.value ->> 'digest', f.value ->> 'decisive',
         f.value ->> 'savingsMonthly', f.value ->> 'exposure', f.value ->> 'environment', f.value ->> 'riskLog',
         CASE WHEN f.value -> 'suppression' <> 'null' THEN 'ignored' ELSE 'open' END, f.value ->> '$.suppression.id',
         f.value ->> '$.suppression.reason', f.value ->> '$.suppression.expiresAt', ?6, ?6, 0, f.value ->> 'runs', 1, 0, ?7, 1, ?6, ?6
       FROM json_each(?2) AS f WHERE true
       ON CONFLICT (org_id, id) DO UPDATE SET
         reopened_count = reopened_count + ${comesBack},
         detections_before = detections_before + (status <> 'resolved' AND verified = 1 AND account_id <> excluded.account_id),
         runs_at_start = CASE WHEN ${newStretch} THEN excluded.runs_at_start ELSE runs_at_start END,
         last_detected_at = CASE WHEN ${newStretch} THEN excluded.last_detected_at ELSE last_detected_at END,
         resolved_at = CASE WHEN ${comesBack} THEN NULL ELSE resolved_at END,
         snoozed_until = CASE WHEN ${comesBack} THEN NULL ELSE snoozed_until END,
         ${moved},
         verified = 1, version = version + 1,
         ${refreshed.map((column) => `${column} = excluded.${column}`).join(", ")}`,
      task.org.id,
      JSON.stringify(findings),
      task.account.id,
      task.account.awsAccountId,
      task.place,
      task.org.now.toISOString(),
      task.scan.id,
    ),
  ];
}

/** A finding, and what was known of its collector before this scan: complete runs and when the last one was. */
export interface Ended {
  readonly id: string;
  readonly runs: number;
  readonly completeAt: string | null;
}

/** The stretch so far, written into the row. Holds while `verified` and not resolved. */
const endStretch = (from: string): string => `
  detections_before = CASE WHEN verified = 1 THEN detections_before + max(1, (SELECT e.value ->> 'runs' FROM ${from}) - runs_at_start) ELSE detections_before END,
  last_detected_at = CASE WHEN verified = 1 THEN max(last_detected_at, coalesce((SELECT e.value ->> 'completeAt' FROM ${from}), '')) ELSE last_detected_at END`;

/** Finds an ended finding's own entry by the key it was given, one step each. */
const entry = "json_each(?2) AS e WHERE e.value ->> 'id' = findings.id";

/** Resolves findings whose check passed, does not apply any more, or whose resource is gone. Those already resolved stay. */
export const resolveFindings = (task: Writing, ended: readonly Ended[]): Statement[] =>
  inChunks(ended).map((chunk) =>
    task.org.db.sql(
      `UPDATE findings SET ${endStretch(entry)}, status = 'resolved', resolved_at = ?3, snoozed_until = NULL,
         ignore_reason = NULL, ignored_until = NULL, suppression_id = NULL,
         verified = 1, last_scan_id = ?4, version = version + 1, updated_at = ?3
       WHERE org_id = ?1 AND id IN (SELECT value ->> 'id' FROM json_each(?2)) AND status <> 'resolved'`,
      task.org.id,
      JSON.stringify(chunk),
      task.org.now.toISOString(),
      task.scan.id,
    ),
  );

/** Marks findings whose check could not be judged this time: they stay what they are, and say since when nothing is known. */
export const unverifyFindings = (task: Writing, ended: readonly Ended[]): Statement[] =>
  inChunks(ended).map((chunk) =>
    task.org.db.sql(
      `UPDATE findings SET ${endStretch(entry)}, verified = 0, version = version + 1, updated_at = ?3
       WHERE org_id = ?1 AND id IN (SELECT value ->> 'id' FROM json_each(?2)) AND status <> 'resolved' AND verified = 1`,
      task.org.id,
      JSON.stringify(chunk),
      task.org.now.toISOString(),
    ),
  );

/** Each row looks its own entry up, so a statement holds few enough that looking costs nothing. */
const chunkMax = 100;

function inChunks<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / chunkMax) }, (_, index) =>
    items.slice(index * chunkMax, (index + 1) * chunkMax),
  );
}
