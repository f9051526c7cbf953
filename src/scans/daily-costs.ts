import { and, desc, eq } from "drizzle-orm";
import type { ServiceCost, ServiceCostObserved } from "#collectors/ce/costs";
import type { Found } from "#collectors/collector";
import { dailyCosts } from "#db/schema";
import { crossChecks } from "./catalogue.ts";
import type { ClaimedTask } from "./claim.ts";

/** Days that are handed to checks, the newest. */
const daysMax = 60;

/** Whether a check reads what the account spends. */
const isRead = crossChecks.some(({ reads }) => reads?.includes("ce.costs"));

/**
 * What an account spent, as the collector would tell it, but of all days that are kept: Cost Explorer is asked once a day, and
 * not by every scan. Null: nothing is known.
 */
export async function costsKept({
  org,
  account,
}: Pick<ClaimedTask, "org" | "account">): Promise<readonly Found[] | null> {
  if (!isRead) return null;
  const rows = await org.db
    .select()
    .from(dailyCosts)
    .where(and(eq(dailyCosts.orgId, org.id), eq(dailyCosts.accountId, account.id)))
    .orderBy(desc(dailyCosts.day))
    .limit(daysMax);
  if (rows.length === 0) return null;
  const days = rows.toReversed();
  const services = [...new Set(days.flatMap((day) => Object.keys(day.services)))].toSorted();
  const currency = days.at(-1)?.currency ?? "USD";
  return services.map((service): Found => {
    const observed: ServiceCostObserved = {
      days: days.map((one) => ({ day: one.day, amount: one.services[service] ?? 0, isEstimated: one.estimated })),
    };
    const attributes: ServiceCost = { service, currency };
    return {
      nativeId: service,
      arn: null,
      name: service,
      state: null,
      tags: {},
      createdAt: null,
      region: null,
      attributes: { ...attributes },
      observed: { ...observed },
    };
  });
}
