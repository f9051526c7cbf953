import type { Statement } from "#db/database";
import type { ResourceWrite } from "./change.ts";
import type { ClaimedTask } from "./claim.ts";
import { versionJson } from "./version.ts";

const columns = [
  "org_id",
  "id",
  "account_id",
  "aws_account_id",
  "place",
  "collector",
  "service",
  "resource_type",
  "region",
  "native_id",
  "arn",
  "name",
  "state",
  "tags",
  "attributes",
  "relations",
  "cost_monthly",
  "digest",
  "verdicts",
  "expires_at",
  "from_seq",
  "resource_created_at",
];

/**
 * Puts what resources are like now into their rows. A resource whose facts differ starts a new version with this scan; one
 * whose digest is empty keeps its facts and gets only the verdicts.
 */
export function upsertResources(task: ClaimedTask, resources: readonly ResourceWrite[]): Statement[] {
  if (resources.length === 0) return [];
  const fresh = (column: string): string =>
    `${column} = CASE WHEN excluded.digest = '' THEN ${column} ELSE excluded.${column} END`;
  return [
    task.org.db.sql(
      `INSERT INTO resources (${columns.join(", ")}, cross_verdicts, created_at, updated_at)
       SELECT ?1, r.value ->> 'id', ?3, ?4, ?5, r.value ->> 'collector', r.value ->> 'service', r.value ->> 'resourceType',
         r.value ->> 'region', r.value ->> 'nativeId', r.value ->> 'arn', r.value ->> 'name', r.value ->> 'state',
         r.value -> 'tags', r.value -> 'attributes', r.value -> 'relations', r.value ->> 'costMonthly', r.value ->> 'digest', r.value ->> 'verdicts', r.value ->> 'expiresAt',
         ?6, r.value ->> 'resourceCreatedAt', '', ?7, ?7
       FROM json_each(?2) AS r WHERE true
       ON CONFLICT (org_id, id) DO UPDATE SET
         account_id = excluded.account_id, place = excluded.place, collector = excluded.collector, verdicts = excluded.verdicts,
         from_seq = CASE WHEN excluded.digest IN ('', digest) THEN from_seq ELSE excluded.from_seq END,
         ${["region", "arn", "name", "state", "tags", "attributes", "relations", "cost_monthly", "expires_at", "resource_created_at", "digest"].map(fresh).join(", ")},
         updated_at = excluded.updated_at`,
      task.org.id,
      JSON.stringify(resources),
      task.account.id,
      task.account.awsAccountId,
      task.place,
      task.scan.seq,
      task.org.now.toISOString(),
    ),
  ];
}

/** Keeps what these resources (a JSON array of ids) were like until this scan. */
export const keepVersions = (task: ClaimedTask, idsJson: string): Statement =>
  task.org.db.sql(
    `INSERT INTO resource_versions (org_id, account_id, resource_id, from_seq, to_seq, "row", ended_at)
     SELECT r.org_id, r.account_id, r.id, r.from_seq, ?3,
       ${versionJson("r")}, ?4
     FROM json_each(?2) AS i CROSS JOIN resources AS r
     WHERE r.org_id = ?1 AND r.id = i.value AND r.from_seq < ?3
     ON CONFLICT DO NOTHING`,
    task.org.id,
    idsJson,
    task.scan.seq,
    task.org.now.toISOString(),
  );

/** Takes resources (a JSON array of ids) out: they are gone from the account. */
export const removeResources = (task: ClaimedTask, idsJson: string): Statement =>
  task.org.db.sql(
    `DELETE FROM resources WHERE org_id = ?1 AND id IN (SELECT value FROM json_each(?2))`,
    task.org.id,
    idsJson,
  );
