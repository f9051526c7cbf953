import type { InferSelectModel } from "drizzle-orm";
import { and, eq, isNotNull } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { suppressions } from "#db/schema";
import type { SuppressionCondition } from "#db/values";
import { heldOf, heldStatement, type HeldFinding, type Selection } from "./held.ts";
import { isMove, settle, settlementOf } from "./settle.ts";
import { suppressionsInForce, type Suppression } from "./suppression.ts";

type SuppressionRow = InferSelectModel<typeof suppressions>;

/** Findings looked at at once, and how many of them are moved in one batch. */
const pageMax = 1_500;
const movesMax = 300;

/**
 * One slice of what a suppression that was made, changed or ended means for the findings there are: each goes to the first in
 * force that matches, or is open. Answers whether something is left to do. Safe to repeat, and by several at once.
 */
export async function sweepSlice(org: OrgContext): Promise<boolean> {
  const [rows, inForceRows] = await org.db.atomic([nextUnswept(org), suppressionsInForce(org)]);
  // safe: each statement answers its own columns.
  const [unswept, inForce] = [(rows as SuppressionRow[])[0], inForceRows as Suppression[]];
  if (!unswept) return false;
  const found = await candidates(org, unswept);
  const settlements = found.map((finding) => settlementOf(finding, inForce)).filter(isMove);
  const now = settlements.slice(0, movesMax);
  const left = now.length < settlements.length ? now.at(-1)?.finding : found[pageMax - 1];
  await settle(org, now, inForce, progress(org, unswept, left?.id ?? null));
  return true;
}

const nextUnswept = (org: OrgContext): Statement =>
  org.db
    .select()
    .from(suppressions)
    .where(and(eq(suppressions.orgId, org.id), isNotNull(suppressions.sweepAfter)))
    .orderBy(suppressions.id)
    .limit(1);

/** What it may take or has; of one that has ended only what it has. */
async function candidates(
  org: OrgContext,
  { id, condition, endedAt, sweepAfter }: SuppressionRow,
): Promise<HeldFinding[]> {
  const selection =
    endedAt === null
      ? {
          where: `f.id > ?2 AND (f.suppression_id = ?3 OR (${untaken} AND ${named(condition, 4)}))`,
          ...paramsOf(sweepAfter, id, condition),
        }
      : { where: "f.suppression_id = ?2", params: [id] };
  const [rows] = await org.db.atomic([heldStatement(org, { ...selection, limit: pageMax })]);
  return heldOf(rows);
}

const paramsOf = (after: string | null, id: string, condition: SuppressionCondition): Pick<Selection, "params"> => ({
  params: [after ?? "", id, ...namedParams(condition)],
});

/** Nobody has decided about it, or another suppression has. */
const untaken = "f.exempt = 0 AND (f.status = 'open' OR f.suppression_id IS NOT NULL)";

const columns = ["type", "accountId", "region", "resourceType"] as const;
const columnOf = { type: "type", accountId: "account_id", region: "region", resourceType: "resource_type" } as const;

/** What a condition says of a finding's own columns, with parameters from `?first` on; the rest of it is for `isSuppressed`. */
export const named = (condition: SuppressionCondition, first: number): string =>
  columns
    .filter((name) => condition[name])
    .map((name, at) => `f.${columnOf[name]} IN (SELECT value FROM json_each(?${first + at}))`)
    .join(" AND ") || "true";

export const namedParams = (condition: SuppressionCondition): string[] =>
  columns.flatMap((name) => (condition[name] ? [JSON.stringify(condition[name])] : []));

/**
 * Where the sweep stands, unless somebody has set it back in between. One that was deleted goes when it has nothing left, unless
 * a scan runs that may not know yet.
 */
function progress(org: OrgContext, { id, endedAt, sweepAfter }: SuppressionRow, last: string | null): Statement[] {
  if (endedAt !== null && last !== null) return [];
  return [
    org.db.sql(
      "UPDATE suppressions SET sweep_after = ?3 WHERE org_id = ?1 AND id = ?2 AND sweep_after = ?4",
      org.id,
      id,
      last,
      sweepAfter,
    ),
    org.db.sql(
      `DELETE FROM suppressions WHERE org_id = ?1 AND id = ?2 AND deleted = 1 AND sweep_after IS NULL
         AND NOT EXISTS (SELECT 1 FROM scans WHERE active = 1 AND org_id = ?1 AND created_at <= suppressions.updated_at)`,
      org.id,
      id,
    ),
  ];
}

/** Before the first id, and never the same twice: so that nobody takes a sweep begun anew for the one that was under way. */
export const sweepStart = "' ' || lower(hex(randomblob(4)))";

/**
 * For the batch that ends a scan: it may not have known of what changed since it began, so that is swept once more.
 */
export const sweepAgain = (org: OrgContext, scan: { readonly createdAt: string }): Statement =>
  org.db.sql(
    `UPDATE suppressions SET sweep_after = ${sweepStart} WHERE org_id = ?1 AND updated_at >= ?2`,
    org.id,
    scan.createdAt,
  );
