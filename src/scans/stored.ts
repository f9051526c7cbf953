import { and, eq } from "drizzle-orm";
import { coverage } from "#db/schema";
import type { StoredResource } from "./change.ts";
import type { ClaimedTask } from "./claim.ts";
import type { StatesBefore } from "./slice.ts";

const pageSize = 5_000;

/** What is stored of a place, collector by collector, read from one covering index in pages. */
export async function storedResources(
  task: ClaimedTask,
  collectors: readonly string[],
): Promise<Map<string, StoredResource>> {
  const stored = new Map<string, StoredResource>();
  for (const collector of collectors) {
    let after = "";
    for (;;) {
      const rows = await storedPage(task, collector, after);
      for (const row of rows) stored.set(row.id, row);
      const last = rows.at(-1);
      if (!last || rows.length < pageSize) break;
      after = last.id;
    }
  }
  return stored;
}

async function storedPage(task: ClaimedTask, collector: string, after: string): Promise<StoredResource[]> {
  const [rows] = await task.org.db.atomic([
    task.org.db.sql(
      `SELECT id, collector, digest, verdicts, cross_verdicts AS crossVerdicts FROM resources
       WHERE org_id = ?1 AND account_id = ?2 AND place = ?3 AND collector = ?4 AND id > ?5 ORDER BY id LIMIT ${pageSize}`,
      task.org.id,
      task.account.id,
      task.id,
      collector,
      after,
    ),
  ]);
  // safe: the statement's own columns.
  return rows as StoredResource[];
}

/** What was known of each collector of a place before this scan. */
export async function statesBefore({ org, account, id }: ClaimedTask): Promise<StatesBefore> {
  const [row] = await org.db
    .select({ collectors: coverage.collectors })
    .from(coverage)
    .where(and(eq(coverage.orgId, org.id), eq(coverage.accountId, account.id), eq(coverage.region, id)));
  return row?.collectors ?? {};
}
