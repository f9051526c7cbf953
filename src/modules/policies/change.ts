import { and, eq, sql } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { policies } from "#db/schema";
import { Fault, refuseStale } from "#lib/fault";
import { canonicalJson } from "#lib/hash";
import { patched } from "#lib/merge-patch";
import { audited, getPolicy, namedStatement, nameTaken, policyStatement, resolved, type Policy } from "./policy.ts";
import { inputOf, NewPolicy, type PolicyInput } from "./shapes.ts";

export interface Naming {
  readonly id: string;
  readonly ifMatch: number | null;
}

/** Replaces a policy. Faults: RESOURCE_NOT_FOUND, INVALID_REQUEST, PRECONDITION_FAILED, CONFLICT. */
export async function replacePolicy(org: OrgContext, { id, ifMatch }: Naming, input: PolicyInput): Promise<Policy> {
  const before = await getPolicy(org, id);
  refuseStale("policy", before.version, ifMatch);
  return write(org, before, ifMatch, await resolved(org, input));
}

/** Merges a patch (RFC 7396) into a policy. Faults: those of `replacePolicy`. */
export async function changePolicy(org: OrgContext, { id, ifMatch }: Naming, patch: unknown): Promise<Policy> {
  const before = await getPolicy(org, id);
  refuseStale("policy", before.version, ifMatch);
  return write(org, before, ifMatch, await resolved(org, patched(NewPolicy, inputOf(before), patch)));
}

async function write(org: OrgContext, before: Policy, ifMatch: number | null, input: PolicyInput): Promise<Policy> {
  if (canonicalJson(input) === canonicalJson(inputOf(before))) return before;
  const after: Policy = { ...before, ...input, version: before.version + 1, updatedAt: org.now.toISOString() };
  const target = { type: "policy", id: before.id };
  const entry = { action: "policy.update", target, before: audited(before), after: audited(after) } as const;
  const [updated, current, named] = await org.change(entry, [
    update(org, before, after),
    policyStatement(org, before.id),
    namedStatement(org, after.name),
  ]);
  // safe: the statements answer rows of the table.
  const [[row], [stored], [owner]] = [updated as Policy[], current as Policy[], named as { id: string }[]];
  if (row) return row;
  if (stored && owner && owner.id !== before.id) throw nameTaken(after.name);
  refuseStale("policy", (await getPolicy(org, before.id)).version, ifMatch);
  throw new Fault("CONFLICT", "The policy was changed at the same moment. Read it again.");
}

/** Not where its name is another's. */
const update = (org: OrgContext, before: Policy, { orgId: _, id: __, createdAt: ___, ...after }: Policy): Statement =>
  org.db
    .update(policies)
    .set(after)
    .where(
      and(
        eq(policies.orgId, org.id),
        eq(policies.id, before.id),
        eq(policies.version, before.version),
        sql`NOT EXISTS (SELECT 1 FROM policies AS o WHERE o.org_id = ${org.id} AND o.name = ${after.name} AND o.id <> ${before.id})`,
      ),
    )
    .returning();
