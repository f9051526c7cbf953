import type { OrgContext } from "#db/context";
import type { StoredSeverity } from "#db/values";
import { accountRiskOf, resourceRiskLog } from "#scores/risk";

/** An account's risk is that of its worst resources; what else would come up without a finding is looked for among so many. */
const resourcesRead = 50;

interface RiskRow {
  readonly resourceId: string;
  readonly type: string;
  readonly severity: StoredSeverity;
  readonly status: string;
  readonly riskLog: number;
}

/**
 * How much less the account's risk would be without the open findings of each check: kept with its recommendations, and
 * written only where it is another figure than before.
 */
export async function keepRiskReductions(org: OrgContext, accountId: string): Promise<void> {
  const [rows] = await org.db.atomic([
    org.db.sql(
      `SELECT f.resource_id AS resourceId, f.type, f.severity, f.status, f.risk_log AS riskLog
       FROM (SELECT id FROM resources WHERE org_id = ?1 AND account_id = ?2 AND risk_log > 0 ORDER BY risk_log DESC LIMIT ${resourcesRead}) AS r
       CROSS JOIN findings AS f WHERE f.org_id = ?1 AND f.resource_id = r.id AND f.status IN ('open', 'snoozed')`,
      org.id,
      accountId,
    ),
  ]);
  // safe: the statement's own columns.
  const reductions = riskReductions(rows as RiskRow[]);
  await org.db.atomic([
    org.db.sql(
      `UPDATE recommendations SET risk_reduction = coalesce(?3 ->> ('$."' || type || '"'), 0)
       WHERE org_id = ?1 AND account_id = ?2 AND risk_reduction IS NOT coalesce(?3 ->> ('$."' || type || '"'), 0)`,
      org.id,
      accountId,
      JSON.stringify(reductions),
    ),
  ]);
}

/** Check → points of account risk, one decimal. */
export function riskReductions(rows: readonly RiskRow[]): Record<string, number> {
  const byResource = [...Map.groupBy(rows, ({ resourceId }) => resourceId).values()];
  const riskOf = (counts: (row: RiskRow) => boolean): number =>
    accountRiskOf(byResource.map((own) => resourceRiskLog(own.filter(counts))));
  const now = riskOf(() => true);
  const types = new Set(rows.filter(({ status }) => status === "open").map(({ type }) => type));
  return Object.fromEntries(
    [...types].map((type) => {
      const without = riskOf((row) => row.type !== type || row.status !== "open");
      return [type, Math.round(10 * (now - without)) / 10];
    }),
  );
}
