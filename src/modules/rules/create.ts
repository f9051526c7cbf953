import { and, eq } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import type { Statement } from "#db/database";
import { rules } from "#db/schema";
import { Fault } from "#lib/fault";
import { audited, isThere, nameTaken, ruleStatement, rulesMax, type Rule } from "./rule.ts";
import type { RuleInput } from "./shapes.ts";

/** Makes a rule; scans ask it from then on. Fault: CONFLICT when its name is taken, or there are 100 already. */
export async function createRule(org: OrgContext, input: RuleInput): Promise<Rule> {
  const row = newRule(org, input);
  const statements: [Statement, Statement, Statement] = [
    insertRule(org, row),
    ruleStatement(org, row.id),
    org.db
      .select({ id: rules.id })
      .from(rules)
      .where(and(isThere(org), eq(rules.name, row.name))),
  ];
  const entry = { action: "rule.create", target: { type: "rule", id: row.id }, after: audited(row) } as const;
  const [, stored, named] = await org.change(entry, statements, row);
  // safe: the selects answer rows of the table; after a repeated request it is the row of the first.
  const [made] = stored as Rule[];
  if (made) return made;
  if ((named as unknown[]).length > 0) throw nameTaken(row.name);
  throw new Fault("CONFLICT", `There are ${rulesMax} rules already. Delete one first.`);
}

/** A rule that is not stored yet. */
export function newRule(org: OrgContext, input: RuleInput): Rule {
  const now = org.now.toISOString();
  return {
    orgId: org.id,
    id: org.newId(),
    ...input,
    resolving: false,
    endedAt: null,
    version: 1,
    createdBy: org.actor.id,
    createdAt: now,
    updatedAt: now,
  };
}

/** Writes nothing where there are 100 already, or one of this name or id. */
export const insertRule = (org: OrgContext, row: Rule): Statement =>
  org.db.sql(
    `INSERT INTO rules (org_id, id, name, description, framework, control, severity, category, resource_types, condition, expression,
       remediation, enabled, version, created_by, created_at, updated_at)
     SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 1, ?14, ?15, ?15
     WHERE (SELECT count(*) FROM rules WHERE org_id = ?1 AND ended_at IS NULL) < ${rulesMax} ON CONFLICT DO NOTHING`,
    org.id,
    row.id,
    row.name,
    row.description,
    row.framework,
    row.control,
    row.severity,
    row.category,
    JSON.stringify(row.resourceTypes),
    row.condition && JSON.stringify(row.condition),
    row.expression,
    row.remediation,
    Number(row.enabled),
    row.createdBy,
    row.createdAt,
  );
