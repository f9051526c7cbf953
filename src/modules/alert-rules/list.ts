import type { AlertRule } from "#alerts/rule";
import type { OrgContext } from "#db/context";
import { listRows } from "#db/list";
import type { Page, PageRequest } from "#db/page";
import { alertRules } from "#db/schema";

const sortable = { createdAt: alertRules.id, name: alertRules.name };
export const alertRuleSort = Object.keys(sortable);

/** A page of the alert rules, the newest first. */
export const listAlertRules = (org: OrgContext, page: PageRequest): Promise<Page<AlertRule>> =>
  listRows(org, { table: alertRules, page, order: [{ column: alertRules.id, descending: true }], sortable });
