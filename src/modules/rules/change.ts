import { and, eq, sql } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { rules } from "#db/schema";
import { Fault, refuseStale } from "#lib/fault";
import { canonicalJson } from "#lib/hash";
import { patched } from "#lib/merge-patch";
import { resolveSome } from "./resolve.ts";
import { audited, getRule, isThere, nameTaken, ruleStatement, type Rule } from "./rule.ts";
import { inputOf, NewRule, wholes, type RuleInput } from "./shapes.ts";

export interface Naming {
  readonly id: string;
  readonly ifMatch: number | null;
}

/** Replaces a rule. Faults: RESOURCE_NOT_FOUND, PRECONDITION_FAILED, CONFLICT. */
export async function replaceRule(org: OrgContext, { id, ifMatch }: Naming, input: RuleInput): Promise<Rule> {
  const before = await getRule(org, id);
  refuseStale("rule", before.version, ifMatch);
  return write(org, before, ifMatch, input);
}

/** Merges a patch (RFC 7396) into a rule. Faults: those of `replaceRule`, and INVALID_REQUEST. */
export async function changeRule(org: OrgContext, { id, ifMatch }: Naming, patch: unknown): Promise<Rule> {
  const before = await getRule(org, id);
  refuseStale("rule", before.version, ifMatch);
  return write(org, before, ifMatch, patched(NewRule, inputOf(before), patch, wholes));
}

/** One that is switched off leaves no findings: the first are resolved at once, the rest by the cron job. */
async function write(org: OrgContext, before: Rule, ifMatch: number | null, input: RuleInput): Promise<Rule> {
  if (canonicalJson(input) === canonicalJson(inputOf(before))) return before;
  const resolving = !input.enabled && (before.enabled || before.resolving);
  const after: Rule = { ...before, ...input, resolving, version: before.version + 1, updatedAt: org.now.toISOString() };
  const entry = {
    action: "rule.update",
    target: { type: "rule", id: before.id },
    before: audited(before),
    after: audited(after),
  } as const;
  const [updated, current, named] = await org.change(entry, [
    update(org, before, after),
    ruleStatement(org, before.id),
    org.db
      .select({ id: rules.id })
      .from(rules)
      .where(and(isThere(org), eq(rules.name, after.name))),
  ]);
  // safe: the statements answer rows of the table.
  const [row, [stored], [owner]] = [(updated as Rule[])[0], current as Rule[], named as { id: string }[]];
  if (row) {
    if (resolving) await resolveSome(org);
    return row;
  }
  if (stored && owner && owner.id !== before.id) throw nameTaken(after.name);
  return explainMiss(org, before.id, ifMatch);
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

/** Somebody was faster: the rule is gone or at another version. */
async function explainMiss(org: OrgContext, id: string, ifMatch: number | null): Promise<never> {
  refuseStale("rule", (await getRule(org, id)).version, ifMatch);
  throw new Fault("CONFLICT", "The rule was changed at the same moment. Read it again.");
}
