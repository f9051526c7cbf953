import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { Fault } from "#lib/fault";
import { audited, namedStatement, nameTaken, policiesMax, policyStatement, resolved, type Policy } from "./policy.ts";
import type { PolicyInput } from "./shapes.ts";

/** Makes a policy; scans that end are held against it from then on. Faults: INVALID_REQUEST; CONFLICT when its name is taken, or there are 50 already. */
export async function createPolicy(org: OrgContext, given: PolicyInput): Promise<Policy> {
  const row = newPolicy(org, await resolved(org, given));
  const entry = { action: "policy.create", target: { type: "policy", id: row.id }, after: audited(row) } as const;
  const statements = [insert(org, row), policyStatement(org, row.id), namedStatement(org, row.name)] as const;
  const [, stored, named] = await org.change(entry, statements, row);
  // safe: the selects answer rows of the table; after a repeated request it is the row of the first.
  const [made] = stored as Policy[];
  if (made) return made;
  if ((named as unknown[]).length > 0) throw nameTaken(row.name);
  throw new Fault("CONFLICT", `There are ${policiesMax} policies already. Delete one first.`);
}

function newPolicy(org: OrgContext, input: PolicyInput): Policy {
  const now = org.now.toISOString();
  return {
    orgId: org.id,
    id: org.newId(),
    ...input,
    version: 1,
    createdBy: org.actor.id,
    createdAt: now,
    updatedAt: now,
  };
}

const insert = (org: OrgContext, row: Policy): Statement =>
  org.db.sql(
    `INSERT INTO policies (org_id, id, name, description, enabled, accounts, conditions, version, created_by, created_at, updated_at)
     SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, ?8, ?9, ?9
     WHERE (SELECT count(*) FROM policies WHERE org_id = ?1) < ${policiesMax} ON CONFLICT DO NOTHING`,
    org.id,
    row.id,
    row.name,
    row.description,
    Number(row.enabled),
    row.accounts && JSON.stringify(row.accounts),
    JSON.stringify(row.conditions),
    row.createdBy,
    row.createdAt,
  );
