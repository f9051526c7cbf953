import type { OrgContext } from "#db/context";
import { recounted } from "#db/counters";
import { withEffects } from "#db/finding-effects";
import type { Statement } from "#db/database";

/** Rows of one kind taken out in one batch. */
const sliceMax = 500;

const idsOf = (org: OrgContext, table: "resources" | "findings", accountId: string): Statement =>
  org.db.sql(
    `SELECT id FROM ${table} WHERE org_id = ?1 AND account_id = ?2
     ${table === "findings" ? "AND status IN ('open', 'snoozed', 'ignored', 'resolved')" : ""} LIMIT ${sliceMax}`,
    org.id,
    accountId,
  );

/**
 * Takes out one slice of what was found in a disconnected account, the counters along with it. Answers whether nothing is
 * left. Safe to repeat; rows that an account connected again has taken over stay.
 */
export async function purgeSlice(org: OrgContext, accountId: string): Promise<boolean> {
  const found = await org.db.atomic([idsOf(org, "resources", accountId), idsOf(org, "findings", accountId)]);
  // safe: both statements select ids.
  const [resources, findings] = found.map((rows) => (rows as { id: string }[]).map(({ id }) => id));
  const results = await org.db.atomic([
    ...removal(org, "resource", accountId, resources ?? []),
    ...removal(org, "finding", accountId, findings ?? []),
    ...remains(org, accountId),
  ]);
  // safe: the last statement answers the row it deleted.
  return (results.at(-1) as unknown[]).length > 0;
}

function removal(
  org: OrgContext,
  subject: "resource" | "finding",
  accountId: string,
  ids: readonly string[],
): Statement[] {
  if (ids.length === 0) return [];
  const idsJson = JSON.stringify(ids);
  const remove = org.db.sql(
    `DELETE FROM ${subject}s WHERE org_id = ?1 AND account_id = ?2 AND id IN (SELECT value FROM json_each(?3))`,
    org.id,
    accountId,
    idsJson,
  );
  const edges = org.db.sql(
    "DELETE FROM dependencies WHERE org_id = ?1 AND source_id IN (SELECT value FROM json_each(?2))",
    org.id,
    idsJson,
  );
  if (subject === "finding") return withEffects(org, { ids }, [remove]);
  return [...recounted(org, subject, idsJson, [remove]), edges];
}

/** What is not counted, and the note itself once everything is gone. */
const remains = (org: OrgContext, accountId: string): Statement[] => [
  org.db.sql("DELETE FROM coverage WHERE org_id = ?1 AND account_id = ?2", org.id, accountId),
  org.db.sql("DELETE FROM daily_costs WHERE org_id = ?1 AND account_id = ?2", org.id, accountId),
  org.db.sql(
    `DELETE FROM resource_versions WHERE org_id = ?1 AND account_id = ?2 AND (resource_id, to_seq) IN
       (SELECT resource_id, to_seq FROM resource_versions WHERE org_id = ?1 AND account_id = ?2 LIMIT ${sliceMax})`,
    org.id,
    accountId,
  ),
  org.db.sql(
    `DELETE FROM purges WHERE org_id = ?1 AND account_id = ?2
       AND NOT EXISTS (SELECT 1 FROM resources WHERE org_id = ?1 AND account_id = ?2)
       AND NOT EXISTS (SELECT 1 FROM findings WHERE org_id = ?1 AND account_id = ?2 AND status IN ('open', 'snoozed', 'ignored', 'resolved'))
       AND NOT EXISTS (SELECT 1 FROM resource_versions WHERE org_id = ?1 AND account_id = ?2)
     RETURNING account_id`,
    org.id,
    accountId,
  ),
];
