import { and, eq, isNull } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { rules } from "#db/schema";
import { Fault, notFound } from "#lib/fault";
import type { RuleRow } from "#scans/rules";

export type Rule = RuleRow;

/** Rules of one organization. */
export const rulesMax = 100;

/** Fault: RESOURCE_NOT_FOUND. */
export async function getRule(org: OrgContext, id: string): Promise<Rule> {
  const [rows] = await org.db.atomic([ruleStatement(org, id)]);
  // safe: the statement answers rows of the table.
  const [row] = rows as Rule[];
  if (!row) throw notFound("rule");
  return row;
}

/** Those that were not deleted. */
export const isThere = (org: OrgContext) => and(eq(rules.orgId, org.id), isNull(rules.endedAt));

export const ruleStatement = (org: OrgContext, id: string): Statement =>
  org.db
    .select()
    .from(rules)
    .where(and(isThere(org), eq(rules.id, id)));

/** What the audit log tells of a rule. */
export const audited = ({ name, severity, resourceTypes, condition, expression, enabled }: Rule) => ({
  name,
  severity,
  resourceTypes,
  condition,
  expression,
  enabled,
});

export const nameTaken = (name: string): Fault =>
  new Fault("CONFLICT", `There is a rule named "${name}" already. Choose another name, or change that one.`);
