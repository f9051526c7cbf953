import type { ServiceCost, ServiceCostObserved } from "#collectors/ce/costs";
import type { Found } from "#collectors/collector";
import { fenced, type ClaimedTask } from "./claim.ts";
import { newTally } from "./coverage.ts";
import type { Sink } from "./sink.ts";

/** One day of an account, all services together. */
interface Day {
  readonly day: string;
  readonly currency: string;
  readonly total: number;
  readonly services: Readonly<Record<string, number>>;
  readonly estimated: boolean;
}

/** Costs are no resources: a day is kept as one row, and written only when AWS says otherwise than before. */
export function createCostSink(task: ClaimedTask): Sink {
  return {
    seen: new Set(),
    tally: newTally(),
    async take(found) {
      // safe: only `ce.costs` keeps daily costs.
      const days = daysOf(found as unknown as readonly Found<ServiceCost, ServiceCostObserved>[]);
      if (days.length > 0) await write(task, days);
    },
  };
}

function daysOf(services: readonly Found<ServiceCost, ServiceCostObserved>[]): Day[] {
  const entries = services.flatMap(({ attributes, observed }) =>
    (observed?.days ?? []).map((one) => ({ ...one, ...attributes })),
  );
  return [...Map.groupBy(entries, ({ day }) => day)].map(([day, own]) => ({
    day,
    currency: own[0]?.currency ?? "USD",
    total: own.reduce((sum, { amount }) => sum + amount, 0),
    services: Object.fromEntries(
      own.filter(({ amount }) => amount !== 0).map(({ service, amount }) => [service, amount]),
    ),
    estimated: own.some(({ isEstimated }) => isEstimated),
  }));
}

const write = async (task: ClaimedTask, days: readonly Day[]): Promise<void> => {
  const { org, account } = task;
  await fenced(task, [
    org.db.sql(
      `INSERT INTO daily_costs (org_id, account_id, day, currency, total, services, estimated, updated_at)
       SELECT ?1, ?2, d.value ->> 'day', d.value ->> 'currency', d.value ->> 'total', d.value -> 'services', d.value ->> 'estimated', ?4
       FROM json_each(?3) AS d WHERE true
       ON CONFLICT (org_id, account_id, day) DO UPDATE SET currency = excluded.currency, total = excluded.total,
         services = excluded.services, estimated = excluded.estimated, updated_at = excluded.updated_at
         WHERE services <> excluded.services OR estimated <> excluded.estimated`,
      org.id,
      account.id,
      JSON.stringify(days),
      org.now.toISOString(),
    ),
  ]);
};
