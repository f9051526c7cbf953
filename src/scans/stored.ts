import { and, eq } from "drizzle-orm";
import { coverage } from "#db/schema";
import type { CheckCounts } from "#db/values";
import type { StoredResource } from "./change.ts";
import type { ClaimedTask } from "./claim.ts";
import type { StatesBefore } from "./slice.ts";

const columns = "r.id, r.collector, r.digest, r.verdicts, r.cross_verdicts AS crossVerdicts";

/** What is stored of these resources; those that are not there are left out. */
export async function storedOf(
  { org }: Pick<ClaimedTask, "org">,
  ids: readonly string[],
): Promise<Map<string, StoredResource>> {
  const [rows] = await org.db.atomic([
    org.db.sql(
      `SELECT ${columns} FROM json_each(?2) AS i CROSS JOIN resources AS r WHERE r.org_id = ?1 AND r.id = i.value`,
      org.id,
      JSON.stringify(ids),
    ),
  ]);
  // safe: the statement's own columns.
  return new Map((rows as StoredResource[]).map((row) => [row.id, row]));
}

const pageSize = 5_000;

/** Everything stored of some collectors in a place, page by page, from one covering index. */
export async function* storedBy(
  { org, account }: Pick<ClaimedTask, "org" | "account">,
  place: string,
  collectors: readonly string[],
): AsyncGenerator<readonly StoredResource[], void> {
  let left = collectors.toSorted();
  let after = "";
  while (left.length > 0) {
    const [rows] = await org.db.atomic([
      org.db.sql(
        `SELECT ${columns} FROM json_each(?4) AS c CROSS JOIN resources AS r
         WHERE r.org_id = ?1 AND r.account_id = ?2 AND r.place = ?3 AND r.collector = c.value
           AND r.id > CASE WHEN c.key = 0 THEN ?5 ELSE '' END LIMIT ${pageSize}`,
        org.id,
        account.id,
        place,
        JSON.stringify(left),
        after,
      ),
    ]);
    // safe: the statement's own columns, in the order of the index.
    const page = rows as StoredResource[];
    yield page;
    const last = page.at(-1);
    if (!last || page.length < pageSize) return;
    left = left.slice(left.indexOf(last.collector));
    after = last.id;
  }
}

/** What was known of each collector of a place before this scan. */
export async function statesBefore({ org, account, place }: ClaimedTask): Promise<StatesBefore> {
  const [row] = await org.db
    .select({ collectors: coverage.collectors })
    .from(coverage)
    .where(and(eq(coverage.orgId, org.id), eq(coverage.accountId, account.id), eq(coverage.region, place)));
  return row?.collectors ?? {};
}

/** How many calls a collector made last time; one where it was not there. */
export const callsBefore =
  (states: StatesBefore) =>
  (collector: string): number =>
    Math.max(1, states[collector]?.calls ?? 1);

/** The same of every place of the account. */
export async function allStatesBefore({ org, account }: ClaimedTask): Promise<ReadonlyMap<string, StatesBefore>> {
  const rows = await org.db
    .select({ place: coverage.region, collectors: coverage.collectors })
    .from(coverage)
    .where(and(eq(coverage.orgId, org.id), eq(coverage.accountId, account.id)));
  return new Map(rows.map(({ place, collectors }) => [place, collectors]));
}

/** Place → collector → what the checks said of what it found. */
export type VerdictsByPlace = ReadonlyMap<string, Readonly<Record<string, CheckCounts>>>;

/** What the checks said in every place of the account before this scan. */
export async function verdictsBefore({ org, account }: ClaimedTask): Promise<VerdictsByPlace> {
  const rows = await org.db
    .select({ place: coverage.region, verdicts: coverage.verdicts })
    .from(coverage)
    .where(and(eq(coverage.orgId, org.id), eq(coverage.accountId, account.id)));
  return new Map(rows.map(({ place, verdicts }) => [place, verdicts ?? {}]));
}
