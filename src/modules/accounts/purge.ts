import type { OrgContext } from "#db/context";
import { recounted } from "#db/counters";
import type { Statement } from "#db/database";
import { withEffects } from "#db/finding-effects";

/** Rows of one kind taken out in one batch. */
const sliceMax = 500;

interface Found {
  readonly id: string;
  /** Of a finding. */
  readonly resourceId?: string;
}

const found = (org: OrgContext, table: "resources" | "findings", accountId: string): Statement =>
  org.db.sql(
    table === "resources"
      ? `SELECT id FROM resources WHERE org_id = ?1 AND account_id = ?2 LIMIT ${sliceMax}`
      : `SELECT id, resource_id AS resourceId FROM findings
         WHERE org_id = ?1 AND account_id = ?2 AND status IN ('open', 'snoozed', 'ignored', 'resolved') LIMIT ${sliceMax}`,
    org.id,
    accountId,
  );

/**
 * Takes out one slice of what was found in a disconnected account, and what followed from it. Answers whether nothing is
 * left. Safe to repeat; rows that an account connected again has taken over stay.
 */
export async function purgeSlice(org: OrgContext, accountId: string): Promise<boolean> {
  const rows = await org.db.atomic([found(org, "resources", accountId), found(org, "findings", accountId)]);
  // safe: the statements' own columns.
  const [resources = [], findings = []] = rows as Found[][];
  const results = await org.db.atomic([
    ...withoutResources(org, accountId, resources),
    ...withoutFindings(org, accountId, findings),
    ...remains(org, accountId),
  ]);
  // safe: the last statement answers the row it deleted.
  return (results.at(-1) as unknown[]).length > 0;
}

const removal = (org: OrgContext, table: "resources" | "findings", accountId: string, idsJson: string): Statement =>
  org.db.sql(
    `DELETE FROM ${table} WHERE org_id = ?1 AND account_id = ?2 AND id IN (SELECT value FROM json_each(?3))`,
    org.id,
    accountId,
    idsJson,
  );

function withoutResources(org: OrgContext, accountId: string, rows: readonly Found[]): Statement[] {
  if (rows.length === 0) return [];
  const idsJson = JSON.stringify(rows.map(({ id }) => id));
  const edges = org.db.sql(
    "DELETE FROM dependencies WHERE org_id = ?1 AND source_id IN (SELECT value FROM json_each(?2))",
    org.id,
    idsJson,
  );
  return [...recounted(org, "resource", idsJson, [removal(org, "resources", accountId, idsJson)]), edges];
}

function withoutFindings(org: OrgContext, accountId: string, rows: readonly Found[]): Statement[] {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const resourceIds = rows.flatMap(({ resourceId }) => resourceId ?? []);
  return withEffects(org, { ids, resourceIds }, [removal(org, "findings", accountId, JSON.stringify(ids))]);
}

const noFindings = `NOT EXISTS (SELECT 1 FROM findings WHERE org_id = ?1 AND account_id = ?2 AND status IN ('open', 'snoozed', 'ignored', 'resolved'))`;

/** What is not counted, and the note itself once everything is gone. Recommendations are counted down with their findings. */
const remains = (org: OrgContext, accountId: string): Statement[] => [
  org.db.sql("DELETE FROM coverage WHERE org_id = ?1 AND account_id = ?2", org.id, accountId),
  org.db.sql("DELETE FROM daily_costs WHERE org_id = ?1 AND account_id = ?2", org.id, accountId),
  org.db.sql("DELETE FROM daily_stats WHERE org_id = ?1 AND account_id = ?2", org.id, accountId),
  org.db.sql("DELETE FROM daily_verdicts WHERE org_id = ?1 AND account_id = ?2", org.id, accountId),
  org.db.sql(`DELETE FROM recommendations WHERE org_id = ?1 AND account_id = ?2 AND ${noFindings}`, org.id, accountId),
  org.db.sql(
    `DELETE FROM resource_versions WHERE org_id = ?1 AND account_id = ?2 AND (resource_id, to_seq) IN
       (SELECT resource_id, to_seq FROM resource_versions WHERE org_id = ?1 AND account_id = ?2 LIMIT ${sliceMax})`,
    org.id,
    accountId,
  ),
  org.db.sql(
    `DELETE FROM purges WHERE org_id = ?1 AND account_id = ?2
       AND NOT EXISTS (SELECT 1 FROM resources WHERE org_id = ?1 AND account_id = ?2)
       AND ${noFindings}
       AND NOT EXISTS (SELECT 1 FROM resource_versions WHERE org_id = ?1 AND account_id = ?2)
     RETURNING account_id`,
    org.id,
    accountId,
  ),
];
