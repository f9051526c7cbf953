import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import type { SuppressionCondition } from "#db/values";
import { Fault } from "#lib/fault";
import { audited, suppressionStatement, type SuppressionRow } from "./suppression.ts";
import { sweepNow } from "./sweep.ts";

/** Every finding is held against each of them. */
const suppressionsMax = 200;

export interface SuppressionInput {
  readonly name: string;
  readonly condition: SuppressionCondition;
  readonly reason: string;
  readonly owner: string | null;
  /** In the future; null: for good. */
  readonly expiresAt: string | null;
}

/** Makes a suppression; from then on it takes what matches. Faults: INVALID_REQUEST; CONFLICT when there are 200 already. */
export async function createSuppression(org: OrgContext, input: SuppressionInput): Promise<SuppressionRow> {
  refusePast(org, input.expiresAt);
  const row = newRow(org, input);
  const entry = {
    action: "suppression.create",
    target: { type: "suppression", id: row.id },
    after: audited(row),
  } as const;
  const [, found] = await org.change(entry, [insertBelowLimit(org, row), suppressionStatement(org, row.id)]);
  // safe: the select answers rows of the table; after a repeated request it is the row of the first.
  const [stored] = found as SuppressionRow[];
  if (!stored) throw new Fault("CONFLICT", `There are ${suppressionsMax} suppressions already. Delete one first.`);
  await sweepNow(org);
  return { ...stored, ...(await sweptState(org, stored.id)) };
}

/** Whether existing findings are still being looked at. */
export async function sweptState(org: OrgContext, id: string): Promise<Partial<SuppressionRow>> {
  const [rows] = await org.db.atomic([suppressionStatement(org, id)]);
  // safe: the statement answers rows of the table.
  return (rows as SuppressionRow[])[0] ?? {};
}

/** Fault: INVALID_REQUEST. */
export function refusePast(org: OrgContext, expiresAt: string | null): void {
  if (expiresAt === null || expiresAt > org.now.toISOString()) return;
  const message = "must be in the future";
  throw new Fault("INVALID_REQUEST", `body /expiresAt ${message}.`, {
    errors: [{ in: "body", pointer: "/expiresAt", message }],
  });
}

function newRow(org: OrgContext, input: SuppressionInput): SuppressionRow {
  const now = org.now.toISOString();
  return {
    ...input,
    orgId: org.id,
    id: org.newId(),
    endedAt: null,
    deleted: false,
    sweepAfter: "",
    version: 1,
    createdBy: org.actor.id,
    createdAt: now,
    updatedAt: now,
  };
}

const insertBelowLimit = (org: OrgContext, row: SuppressionRow): Statement =>
  org.db.sql(
    `INSERT INTO suppressions (org_id, id, name, condition, reason, owner, expires_at, sweep_after, version, created_by, created_at, updated_at)
     SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, '', 1, ?8, ?9, ?9
     WHERE (SELECT count(*) FROM suppressions WHERE org_id = ?1 AND deleted = 0) < ${suppressionsMax}
     ON CONFLICT DO NOTHING`,
    org.id,
    row.id,
    row.name,
    JSON.stringify(row.condition),
    row.reason,
    row.owner,
    row.expiresAt,
    row.createdBy,
    row.createdAt,
  );
