import { eq } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import { listRows, whenAlone } from "#db/list";
import type { Page, PageRequest } from "#db/page";
import { schedules } from "#db/schema";
import type { Schedule } from "./schedule.ts";

const sortable = { createdAt: schedules.id, name: schedules.name, nextRunAt: schedules.nextRunAt };
export const scheduleSort = Object.keys(sortable);

/** A page of the schedules, the newest first. An organization has few: the filter looks at all of them. */
export function listSchedules(
  org: OrgContext,
  page: PageRequest,
  { enabled }: { readonly enabled?: readonly ("true" | "false")[] | undefined },
): Promise<Page<Schedule>> {
  return listRows(org, {
    table: schedules,
    page,
    order: [{ column: schedules.id, descending: true }],
    sortable,
    conditions: whenAlone(enabled, (word) => eq(schedules.enabled, word === "true")),
  });
}
