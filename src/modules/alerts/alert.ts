import { and, eq } from "drizzle-orm";
import type { Alert } from "#alerts/rule";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { alerts } from "#db/schema";
import { notFound } from "#lib/fault";

/** An alert, and what is left of what it is about. */
export interface WholeAlert {
  readonly row: Alert;
  readonly active: number;
  /** New, and not told yet. */
  readonly waiting: number;
  readonly subjects: readonly string[];
}

const subjectsShown = 500;

/** Fault: RESOURCE_NOT_FOUND. One round trip. */
export const getAlert = async (org: OrgContext, id: string): Promise<WholeAlert> =>
  wholeOf(await org.db.atomic(wholeStatements(org, id)));

export const alertStatement = (org: OrgContext, id: string): Statement =>
  org.db
    .select()
    .from(alerts)
    .where(and(eq(alerts.orgId, org.id), eq(alerts.id, id)));

/** Read by `wholeOf`. */
export const wholeStatements = (org: OrgContext, id: string): readonly Statement[] => [
  alertStatement(org, id),
  org.db.sql(
    "SELECT count(*) AS active FROM alert_members WHERE org_id = ?1 AND alert_id = ?2 AND told = 1",
    org.id,
    id,
  ),
  org.db.sql(
    `SELECT count(*) AS waiting FROM alerts AS a CROSS JOIN alert_members AS m INDEXED BY alert_members_fresh
     WHERE a.org_id = ?1 AND a.id = ?2 AND a.status <> 'resolved' AND m.org_id = ?1 AND m.rule_id = a.rule_id AND m.told = 0
       AND m.group_key = a.group_key`,
    org.id,
    id,
  ),
  org.db.sql(
    `SELECT subject FROM alert_members WHERE org_id = ?1 AND alert_id = ?2 AND told = 1 ORDER BY subject LIMIT ${subjectsShown}`,
    org.id,
    id,
  ),
];

/** What `wholeStatements` answered. Fault: RESOURCE_NOT_FOUND. */
export function wholeOf([found, active, waiting, subjects]: readonly unknown[]): WholeAlert {
  // safe: each statement answers its own columns.
  const [row] = found as Alert[];
  if (!row) throw notFound("alert");
  return {
    row,
    active: (active as { active: number }[])[0]?.active ?? 0,
    waiting: (waiting as { waiting: number }[])[0]?.waiting ?? 0,
    subjects: (subjects as { subject: string }[]).map(({ subject }) => subject),
  };
}
