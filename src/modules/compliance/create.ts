import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { Fault } from "#lib/fault";
import type { NewFramework } from "./own-shapes.ts";
import { audited, builtIn, ownMax, refuseUnknownRules, rulesNamedIn } from "./own.ts";
import { builtInIds } from "./score.ts";
import type { FrameworkRow } from "./standing.ts";

/**
 * Makes a framework of the organization's own. Faults: INVALID_REQUEST; CONFLICT for the id of another, built in or not, and
 * when there are 50 already.
 */
export async function createFramework(org: OrgContext, input: NewFramework): Promise<FrameworkRow> {
  if (builtInIds.includes(input.id)) throw builtIn(input.id);
  await refuseUnknownRules(org, rulesNamedIn(input));
  const now = org.now.toISOString();
  const row: FrameworkRow = { orgId: org.id, ...input, version: 1, createdAt: now, updatedAt: now };
  const entry = {
    action: "framework.create",
    target: { type: "framework", id: row.id },
    after: audited(input),
  } as const;
  const [made, taken] = await org.change(entry, [insert(org, row), idStatement(org, row.id)], row);
  // safe: the statements answer ids.
  if ((made as unknown[]).length > 0) return row;
  throw (taken as unknown[]).length > 0
    ? new Fault("CONFLICT", `There is a framework \`${row.id}\` already. Choose another id, or change that one.`)
    : new Fault("CONFLICT", `There are ${ownMax} frameworks already. Delete one first.`);
}

const insert = (org: OrgContext, row: FrameworkRow): Statement =>
  org.db.sql(
    `INSERT INTO custom_frameworks (org_id, id, title, edition, controls, version, created_at, updated_at)
     SELECT ?1, ?2, ?3, ?4, ?5, 1, ?6, ?6 WHERE (SELECT count(*) FROM custom_frameworks WHERE org_id = ?1) < ${ownMax}
     ON CONFLICT DO NOTHING RETURNING id`,
    org.id,
    row.id,
    row.title,
    row.edition,
    JSON.stringify(row.controls),
    row.createdAt,
  );

const idStatement = (org: OrgContext, id: string): Statement =>
  org.db.sql("SELECT id FROM custom_frameworks WHERE org_id = ?1 AND id = ?2", org.id, id);
