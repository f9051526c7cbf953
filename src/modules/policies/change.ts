import { and, eq, sql } from "drizzle-orm";
import { changeVersion, type Naming } from "#db/change-version";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { policies } from "#db/schema";
import { canonicalJson } from "#lib/hash";
import { patched } from "#lib/merge-patch";
import { audited, getPolicy, namedStatement, nameTaken, resolved, type Policy } from "./policy.ts";
import { inputOf, NewPolicy, type PolicyInput } from "./shapes.ts";

/** Replaces a policy. Faults: RESOURCE_NOT_FOUND, INVALID_REQUEST, PRECONDITION_FAILED, CONFLICT. */
export const replacePolicy = (org: OrgContext, naming: Naming, input: PolicyInput): Promise<Policy> =>
  change(org, naming, () => input);

/** Merges a patch (RFC 7396) into a policy. Faults: those of `replacePolicy`. */
export const changePolicy = (org: OrgContext, naming: Naming, patch: unknown): Promise<Policy> =>
  change(org, naming, (before) => patched(NewPolicy, before, patch));

const change = (org: OrgContext, naming: Naming, to: (before: PolicyInput) => PolicyInput): Promise<Policy> =>
  changeVersion(org, { what: "policy", get: getPolicy }, naming, async (before) => {
    const known = inputOf(before);
    const input = await resolved(org, to(known));
    if (canonicalJson(input) === canonicalJson(known)) return null;
    const after: Policy = { ...before, ...input, version: before.version + 1, updatedAt: org.now.toISOString() };
    const target = { type: "policy", id: before.id };
    return {
      entry: { action: "policy.update", target, before: audited(before), after: audited(after) },
      statements: [update(org, before, after), namedStatement(org, after.name)],
      refuse([named]) {
        // safe: the statement answers ids.
        const [owner] = named as { id: string }[];
        if (owner && owner.id !== before.id) throw nameTaken(after.name);
      },
    };
  });

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
