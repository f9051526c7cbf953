import { alertsDueNow } from "#db/alert-clock";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { isHeard, tellings, tellingsOf, type EventName } from "#db/outbox";

/** A scan, and the run it belongs to. */
interface Member {
  readonly id: string;
  readonly runId: string;
}

/** Scans that `run.completed` lists; a run of more says how many there are. */
const listedMax = 50;

const name: EventName = "run.completed";

/**
 * For the batch that ends a scan: when it leaves no scan of the run active, the run has ended, and that is told; the event has
 * the id of the run, so that it is told once. Alert rules look at what is new.
 */
export const runEnd = (org: OrgContext, scan: Member): Statement[] => [
  completed(org, scan),
  ...tellingsOf(org, { id: scan.runId, names: [name], runId: scan.runId }),
  alertsDueNow(org),
];

/** Only where this batch has ended the scan: one that is already over has been told of, or nobody listened. */
const completed = (org: OrgContext, { id, runId }: Member): Statement =>
  org.db.sql(
    `INSERT INTO events (org_id, id, names, data, severity, account_id, created_at)
     SELECT ?1, r.id, e.value -> 'names', ${data}, NULL, NULL, ?4
     FROM runs AS r CROSS JOIN json_each(?5) AS e
     WHERE r.org_id = ?1 AND r.id = ?3 AND ${isHeard}
       AND EXISTS (SELECT 1 FROM scans WHERE org_id = ?1 AND id = ?2 AND active = 0 AND completed_at = ?4)
       AND NOT EXISTS (SELECT 1 FROM scans WHERE org_id = ?1 AND run_id = ?3 AND active = 1)
     ON CONFLICT DO NOTHING`,
    org.id,
    id,
    runId,
    org.now.toISOString(),
    JSON.stringify([{ names: [name], told: tellings([name]) }]),
  );

const ofRun = "FROM scans AS s WHERE s.org_id = ?1 AND s.run_id = r.id";
const sumOf = (count: string): string => `(SELECT coalesce(sum(s.summary ->> '${count}'), 0) ${ofRun})`;
const countOf = (status: string): string => `(SELECT count(*) ${ofRun} AND s.status = '${status}')`;

/** `status` is that of the scan that came out worst; those that were canceled count when all of them were. */
const data = `json_object(
  'runId', r.id, 'trigger', r.trigger, 'startedAt', r.created_at, 'completedAt', ?4,
  'status', (SELECT s.status ${ofRun}
     ORDER BY CASE s.status WHEN 'error' THEN 0 WHEN 'partial' THEN 1 WHEN 'complete' THEN 2 ELSE 3 END LIMIT 1),
  'scans', json_object('total', (SELECT count(*) ${ofRun}), 'complete', ${countOf("complete")}, 'partial', ${countOf("partial")},
     'error', ${countOf("error")}, 'canceled', ${countOf("canceled")}),
  'findings', json_object('new', ${sumOf("findingsNew")}, 'reopened', ${sumOf("findingsReopened")}, 'resolved', ${sumOf("findingsResolved")}),
  'accounts', (SELECT json_group_array(json_object('scanId', l.id, 'accountId', l.account_id, 'awsAccountId', l.aws_account_id, 'status', l.status))
     FROM (SELECT s.id, s.account_id, s.aws_account_id, s.status ${ofRun} ORDER BY s.id LIMIT ${listedMax}) AS l))`;
