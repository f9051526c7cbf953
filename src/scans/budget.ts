import type { OrgContext } from "#db/context";

/** How much one task may do before it hands the rest on. */
export interface Budget {
  /** Counts resources read. */
  add(resources: number): void;
  /** From then on no list is gone along further, and no service is begun. */
  isSpent(): boolean;
  /** Spent, and there is no room for more than calls: from then on nothing at all is begun. */
  isFull(): boolean;
}

/** A Worker may ask D1 1,000 times; what is begun already has to fit in the rest. */
const roundTripsMax = 400;
const resourcesMax = 20_000;
/** A consumer may live for 15 minutes. */
const elapsedMaxMs = 5 * 60_000;

export function createBudget(org: OrgContext, callsMax: number, calls: () => number, clock = Date.now): Budget {
  const startedAt = clock();
  let resources = 0;
  const isFull = (): boolean =>
    resources >= resourcesMax || org.db.meter.roundTrips >= roundTripsMax || clock() - startedAt >= elapsedMaxMs;
  return {
    add(more) {
      resources += more;
    },
    isSpent: () => calls() >= callsMax || isFull(),
    isFull,
  };
}
