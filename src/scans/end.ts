import { rollUpStats } from "#db/daily-stats";
import type { Meter, Statement } from "#db/database";
import { frameSummary } from "#db/frames";
import { eventStatements, type OutboxEvent } from "#db/outbox";
import type { CheckCounts, CollectorState, ScanSummary } from "#db/values";
import { derivedId } from "#lib/id";
import { fenced, type ClaimedTask } from "./claim.ts";
import { dropFacts } from "./fact-store.ts";
import { evaluationsAtEnd } from "./policies.ts";
import { tell } from "./progress.ts";
import { rollUp } from "./roll-up.ts";
import { runEnd } from "./run-end.ts";
import { sweepAgain } from "./sweep-suppressions.ts";

export interface Ending {
  readonly status: "complete" | "partial" | "error";
  readonly summary: ScanSummary;
  readonly errorMessage: string | null;
  /** What is known of each place now. */
  readonly coverage: readonly PlaceCoverage[];
  /** What the checks said in this scan, and what they say of the account now; null: none was asked. */
  readonly verdicts: { readonly scan: CheckCounts; readonly account: CheckCounts } | null;
}

export interface PlaceCoverage {
  readonly place: string;
  readonly states: Readonly<Record<string, CollectorState>>;
  /** Collector → what the checks said of what it found. */
  readonly verdicts: Readonly<Record<string, CheckCounts>>;
}

/**
 * The last batch of a scan: its summary, the account's state, the event, and its tasks gone, so that it can end only once.
 * Answers the ids of the events written.
 */
export async function endScan(task: ClaimedTask, ending: Ending): Promise<string[]> {
  const { org, scan } = task;
  const gates = await evaluationsAtEnd(task, ending);
  const events = [...(await endEvents(task, ending)), ...gates.events];
  const before = { ...org.db.meter };
  await fenced(task, [
    org.db.sql(
      `UPDATE scans SET status = ?3, active = 0, summary = ?4, verdicts = ?7, error_message = ?5, started_at = coalesce(started_at, ?6),
         completed_at = ?6, version = version + 1, updated_at = ?6
       WHERE org_id = ?1 AND id = ?2 AND active = 1`,
      org.id,
      scan.id,
      ending.status,
      JSON.stringify(ending.summary),
      ending.errorMessage,
      org.now.toISOString(),
      ending.verdicts && JSON.stringify(ending.verdicts.scan),
    ),
    accountStatement(task, ending),
    coverageStatement(task, ending),
    ...(ending.verdicts ? rollUp(org, task.account.id, ending.verdicts.account) : []),
    ...rollUpStats(org, task.account.id),
    ...gates.statements,
    sweepAgain(org, scan),
    ...eventStatements(org, ...events),
    ...runEnd(org, scan),
    org.db.sql(`DELETE FROM scan_tasks WHERE org_id = ?1 AND scan_id = ?2`, org.id, scan.id),
    dropFacts(org, scan.id),
  ]);
  await addLastCost(task, ending.summary, before);
  await tell(org, [
    ending.status === "error"
      ? { type: "error", scanId: scan.id, code: "SCAN_FAILED", reason: ending.errorMessage ?? "" }
      : { type: "complete", scanId: scan.id, status: ending.status, summary: frameSummary(ending.summary) },
  ]);
  return [...events.flatMap(({ id }) => (id ? [id] : [])), scan.runId];
}

/** What the last batch itself cost is known only now; this row is one more. */
async function addLastCost({ org, scan }: ClaimedTask, summary: ScanSummary, before: Meter): Promise<void> {
  const { rowsRead, rowsWritten } = org.db.meter;
  await org.db.atomic([
    org.db.sql(
      `UPDATE scans SET summary = json_set(summary, '$.rowsRead', ?3, '$.rowsWritten', ?4) WHERE org_id = ?1 AND id = ?2`,
      org.id,
      scan.id,
      summary.rowsRead + rowsRead - before.rowsRead + 1,
      summary.rowsWritten + rowsWritten - before.rowsWritten + 1,
    ),
  ]);
}

/** What an account spends in a month is what it spent in so many days. */
const spendDays = 30;

const accountStatement = ({ org, scan, account }: ClaimedTask, { status, errorMessage }: Ending): Statement =>
  org.db.sql(
    `UPDATE accounts SET status = ?3, last_error = ?4, last_scan_id = ?5, last_scan_at = ?6, last_scan_state = ?7,
       connected_at = CASE WHEN ?3 = 'ok' THEN coalesce(connected_at, ?6) ELSE connected_at END,
       is_management = coalesce((SELECT r.attributes ->> 'managementAccountId' = accounts.aws_account_id FROM resources AS r
         WHERE r.org_id = ?1 AND r.account_id = ?2 AND r.place = 'global' AND r.collector = 'organizations.organizations' LIMIT 1), is_management),
       monthly_spend = (SELECT round(sum(d.total), 2) FROM daily_costs AS d WHERE d.org_id = ?1 AND d.account_id = ?2 AND d.day >= ?8)
     WHERE org_id = ?1 AND id = ?2`,
    org.id,
    account.id,
    status === "error" ? "error" : "ok",
    errorMessage,
    scan.id,
    org.now.toISOString(),
    status,
    new Date(org.now.getTime() - spendDays * 86_400_000).toISOString().slice(0, 10),
  );

const coverageStatement = ({ org, scan, account }: ClaimedTask, { coverage }: Ending): Statement =>
  org.db.sql(
    `INSERT INTO coverage (org_id, account_id, region, scan_id, seq, collectors, verdicts, updated_at)
     SELECT ?1, ?2, c.value ->> 'place', ?3, ?4, c.value -> 'states', c.value -> 'verdicts', ?5 FROM json_each(?6) AS c WHERE true
     ON CONFLICT (org_id, account_id, region) DO UPDATE SET
       scan_id = excluded.scan_id, seq = excluded.seq, collectors = excluded.collectors, verdicts = excluded.verdicts, updated_at = excluded.updated_at`,
    org.id,
    account.id,
    scan.id,
    scan.seq,
    org.now.toISOString(),
    JSON.stringify(coverage),
  );

async function endEvents({ scan, account }: ClaimedTask, ending: Ending): Promise<OutboxEvent[]> {
  const { coverage: _, ...summary } = ending.summary;
  const data = {
    scanId: scan.id,
    runId: scan.runId,
    accountId: account.id,
    awsAccountId: account.awsAccountId,
    status: ending.status,
    errorMessage: ending.errorMessage,
    summary,
  };
  const names = ending.status === "error" ? (["scan.failed"] as const) : (["scan.completed"] as const);
  const ended = { id: await derivedId("event", scan.id, "ended"), names, accountId: account.id, data };
  if (ending.status !== "error" || account.connectedAt === null) return [ended];
  return [ended, { ...ended, id: await derivedId("event", scan.id, "account"), names: ["account.error"] }];
}

/** Ends a scan that could not begin. `remedy` says what the person can do. */
export const failScan = (task: ClaimedTask, remedy: string, code: string): Promise<string[]> =>
  endScan(task, {
    status: "error",
    summary: task.scan.summary,
    errorMessage: `${code}: ${remedy}`,
    coverage: [],
    verdicts: null,
  });
