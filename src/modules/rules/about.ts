import { and, eq } from "drizzle-orm";
import type { About } from "#checks/check";
import type { OrgContext } from "#db/context";
import { rules } from "#db/schema";
import { ruleIdOf } from "#scans/rules";

/** What people read about the rule behind a finding of this type; null: it is a check's, or the rule is gone. */
export async function aboutRule(org: OrgContext, type: string): Promise<About | null> {
  const id = ruleIdOf(type);
  if (id === null) return null;
  const [row] = await org.db
    .select()
    .from(rules)
    .where(and(eq(rules.orgId, org.id), eq(rules.id, id)));
  if (!row) return null;
  const { description, remediation, framework, control } = row;
  const controls = framework !== null && control !== null ? { [framework]: [control] } : {};
  return { title: row.name, rationale: description, remediation: remediation ?? "", controls };
}
