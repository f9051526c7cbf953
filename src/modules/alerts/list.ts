import type { Alert } from "#alerts/rule";
import type { Severity } from "#checks/check";
import type { OrgContext } from "#db/context";
import { listRows, type Filter } from "#db/list";
import type { Page, PageRequest } from "#db/page";
import { alerts, type AlertStatus } from "#db/schema";

export type { AlertStatus } from "#db/schema";
export const alertStatuses = ["open", "acknowledged", "resolved"] as const satisfies readonly AlertStatus[];

export interface AlertFilters {
  /** Left out: those that are not resolved. */
  readonly status?: readonly AlertStatus[] | undefined;
  readonly severity?: readonly Severity[] | undefined;
  readonly ruleId?: readonly string[] | undefined;
}

const sortable = { createdAt: alerts.id };
export const alertSort = Object.keys(sortable);

/** A page of the alerts, the newest first. */
export function listAlerts(
  org: OrgContext,
  page: PageRequest,
  { status = ["open", "acknowledged"], severity, ruleId }: AlertFilters,
): Promise<Page<Alert>> {
  const filters: Filter[] = [
    { column: alerts.status, values: status },
    ...(severity ? [{ column: alerts.severity, values: severity }] : []),
    ...(ruleId ? [{ column: alerts.ruleId, values: ruleId }] : []),
  ];
  return listRows(org, { table: alerts, page, order: [{ column: alerts.id, descending: true }], sortable, filters });
}
