import type { Found, Place, Relation } from "./collector.ts";
import type { Figure, MetricQuery } from "./metrics.ts";
import { ordered } from "./order.ts";
import { networkRelations, related } from "./relations.ts";

/** How much a load balancer has to do. */
export interface Traffic {
  /**
   * Requests, or new flows of network and gateway load balancers, on the busiest of the last 7 days. null: none were
   * counted; left out: not asked for.
   */
  readonly busiestDayRequests?: number | null | undefined;
}

/** Asks for the busiest of 7 days. */
export const trafficQuery = (
  namespace: string,
  metric: string,
  dimensions: MetricQuery["dimensions"],
): MetricQuery => ({
  namespace,
  metric,
  dimensions,
  stat: "Sum",
  days: 7,
  over: "max",
});

export const withTraffic = <Attributes, Observed extends object>(
  found: Found<Attributes, Observed & Traffic>,
  [busiestDayRequests]: readonly Figure[],
): Found<Attributes, Observed & Traffic> => ({
  ...found,
  // safe: `observed` is whole once a thing was described.
  observed: { ...found.observed, busiestDayRequests } as Observed & Traffic,
});

/** How many there are of each: `{ healthy: 2, draining: 1 }`. */
export function countsOf(states: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const state of states.toSorted()) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

/** What every kind of load balancer hangs on. */
export const balancerRelations = (
  place: Place,
  ids: {
    readonly securityGroupIds: readonly string[];
    readonly subnetIds: readonly string[];
    readonly certificateArns: readonly (string | null)[];
  },
): readonly Relation[] => [
  ...networkRelations(place, ids),
  ...ordered(ids.certificateArns).flatMap((arn) =>
    related(
      "uses",
      arn.includes(":iam::") ? "AWS::IAM::ServerCertificate" : "AWS::CertificateManager::Certificate",
      arn,
    ),
  ),
];
