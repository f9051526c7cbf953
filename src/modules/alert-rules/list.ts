import { eq } from "drizzle-orm";
import type { AlertRule } from "#alerts/rule";
import type { OrgContext } from "#db/context";
import { listRows, whenAlone } from "#db/list";
import type { Page, PageRequest } from "#db/page";
import { alertRules } from "#db/schema";

const sortable = { createdAt: alertRules.id, name: alertRules.name };
export const alertRuleSort = Object.keys(sortable);

/** A page of the alert rules, the newest first. An organization has few: the filter looks at all of them. */
export const listAlertRules = (
  org: OrgContext,
  page: PageRequest,
  { enabled }: { readonly enabled?: readonly ("true" | "false")[] | undefined },
): Promise<Page<AlertRule>> =>
  listRows(org, {
    table: alertRules,
    page,
    order: [{ column: alertRules.id, descending: true }],
    sortable,
    conditions: whenAlone(enabled, (word) => eq(alertRules.enabled, word === "true")),
  });
