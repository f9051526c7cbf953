import { eq, type SQL } from "drizzle-orm";
import { inArray, isNull } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import { listRows, whenAlone } from "#db/list";
import type { Page, PageRequest } from "#db/page";
import { rules } from "#db/schema";
import type { Severity } from "#checks/check";
import type { Rule } from "./rule.ts";

export interface RuleFilters {
  readonly enabled?: readonly ("true" | "false")[] | undefined;
  readonly severity?: readonly Severity[] | undefined;
  readonly framework?: readonly string[] | undefined;
}

const sortable = { createdAt: rules.id, name: rules.name };
export const ruleSort = Object.keys(sortable);

/** A page of the rules, the newest first. An organization has few: filters look at all of them. */
export const listRules = (org: OrgContext, page: PageRequest, filters: RuleFilters): Promise<Page<Rule>> =>
  listRows(org, {
    table: rules,
    page,
    order: [{ column: rules.id, descending: true }],
    sortable,
    conditions: conditionsOf(filters),
  });

function conditionsOf({ enabled, severity, framework }: RuleFilters): SQL[] {
  return [
    isNull(rules.endedAt),
    ...whenAlone(enabled, (word) => eq(rules.enabled, word === "true")),
    ...(severity ? [inArray(rules.severity, [...severity])] : []),
    ...(framework ? [inArray(rules.framework, [...framework])] : []),
  ];
}
