import { and, eq, isNull } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import { customFrameworks, rules } from "#db/schema";
import type { Rule } from "#modules/rules";
import type { FrameworkRow } from "./standing.ts";

export interface Exported {
  readonly frameworks: readonly FrameworkRow[];
  readonly rules: readonly Rule[];
}

/** The organization's own frameworks and rules, as `importCompliance` takes them. */
export async function exportCompliance(org: OrgContext): Promise<Exported> {
  const [frameworks, found] = await org.db.atomic([
    org.db.select().from(customFrameworks).where(eq(customFrameworks.orgId, org.id)).orderBy(customFrameworks.id),
    org.db
      .select()
      .from(rules)
      .where(and(eq(rules.orgId, org.id), isNull(rules.endedAt)))
      .orderBy(rules.id),
  ]);
  // safe: the statements answer rows of the tables.
  return { frameworks: frameworks as FrameworkRow[], rules: found as Rule[] };
}
