import { and, eq, ne, sql } from "drizzle-orm";
import { changeVersion, type Naming, type VersionChange } from "#db/change-version";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { rules } from "#db/schema";
import { canonicalJson } from "#lib/hash";
import { patched } from "#lib/merge-patch";
import { resolveSome } from "./resolve.ts";
import { audited, getRule, isThere, nameTaken, type Rule } from "./rule.ts";
import { inputOf, NewRule, wholes, type RuleInput } from "./shapes.ts";

/** Replaces a rule. Faults: RESOURCE_NOT_FOUND, PRECONDITION_FAILED, CONFLICT. */
export const replaceRule = (org: OrgContext, naming: Naming, input: RuleInput): Promise<Rule> =>
  change(org, naming, () => input);

/** Merges a patch (RFC 7396) into a rule. Faults: those of `replaceRule`, and INVALID_REQUEST. */
export const changeRule = (org: OrgContext, naming: Naming, patch: unknown): Promise<Rule> =>
  change(org, naming, (before) => patched(NewRule, before, patch, wholes));

/** One that is switched off leaves no findings: the first are resolved at once, the rest by the cron job. */
async function change(org: OrgContext, naming: Naming, to: (before: RuleInput) => RuleInput): Promise<Rule> {
  const row = await changeVersion(org, { what: "rule", get: getRule }, naming, async (before) => {
    const known = inputOf(before);
    const input = to(known);
    return canonicalJson(input) === canonicalJson(known) ? null : changeTo(org, before, input);
  });
  if (row.resolving) await resolveSome(org);
  return row;
}

function changeTo(org: OrgContext, before: Rule, input: RuleInput): VersionChange {
  const resolving = !input.enabled && (before.enabled || before.resolving);
  const after: Rule = { ...before, ...input, resolving, version: before.version + 1, updatedAt: org.now.toISOString() };
  const others = org.db
    .select({ id: rules.id })
    .from(rules)
    .where(and(isThere(org), eq(rules.name, after.name), ne(rules.id, before.id)));
  const target = { type: "rule", id: before.id };
  return {
    entry: { action: "rule.update", target, before: audited(before), after: audited(after) },
    statements: [update(org, before, after), others],
    refuse([owners]) {
      if ((owners as unknown[]).length > 0) throw nameTaken(after.name);
    },
  };
}

/** Not where its name is another's. */
const update = (org: OrgContext, before: Rule, { orgId: _, id: __, createdAt: ___, ...after }: Rule): Statement =>
  org.db
    .update(rules)
    .set(after)
    .where(
      and(
        isThere(org),
        eq(rules.id, before.id),
        eq(rules.version, before.version),
        nameIsFree(org, before.id, after.name),
      ),
    )
    .returning();

const nameIsFree = (org: OrgContext, id: string, name: string) =>
  sql`NOT EXISTS (SELECT 1 FROM rules AS o WHERE o.org_id = ${org.id} AND o.name = ${name} AND o.ended_at IS NULL AND o.id <> ${id})`;
