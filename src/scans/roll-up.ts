import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import type { CheckCounts } from "#db/values";

/**
 * What the checks say of an account today, and with it of the whole organization: the newest of each of its accounts, added
 * up where the rows are, so that scans that end side by side leave the same.
 */
export const rollUp = (org: OrgContext, accountId: string, checks: CheckCounts): Statement[] => [
  org.db.sql(
    `INSERT INTO daily_verdicts (org_id, account_id, day, checks, updated_at) VALUES (?1, ?2, substr(?4, 1, 10), ?3, ?4)
     ON CONFLICT (org_id, account_id, day) DO UPDATE SET checks = excluded.checks, updated_at = excluded.updated_at
       WHERE checks <> excluded.checks`,
    org.id,
    accountId,
    JSON.stringify(checks),
    org.now.toISOString(),
  ),
  rollUpOrganization(org),
];

/** Account '': all accounts together, as of their last scans. */
export const rollUpOrganization = (org: OrgContext): Statement =>
  org.db.sql(
    `INSERT INTO daily_verdicts (org_id, account_id, day, checks, updated_at)
     SELECT ?1, '', substr(?2, 1, 10), json_group_object(s.key, json_object('pass', s.pass, 'fail', s.fail, 'unknown', s.unknown)), ?2
     FROM (SELECT e.key, sum(e.value ->> 'pass') AS pass, sum(e.value ->> 'fail') AS fail, sum(e.value ->> 'unknown') AS unknown
       FROM accounts AS a CROSS JOIN daily_verdicts AS d CROSS JOIN json_each(d.checks) AS e
       WHERE a.org_id = ?1 AND d.org_id = ?1 AND d.account_id = a.id AND d.day = (
         SELECT max(n.day) FROM daily_verdicts AS n WHERE n.org_id = ?1 AND n.account_id = a.id)
       GROUP BY e.key ORDER BY e.key) AS s
     WHERE true
     ON CONFLICT (org_id, account_id, day) DO UPDATE SET checks = excluded.checks, updated_at = excluded.updated_at
       WHERE checks <> excluded.checks`,
    org.id,
    org.now.toISOString(),
  );
