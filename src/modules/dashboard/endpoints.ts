import { endpoint, one } from "#http/endpoint";
import { getOverview } from "./overview.ts";
import { overviewBody, OverviewBody, trendBody, TrendBody, TrendQuery } from "./shapes.ts";
import { getTrend } from "./trends.ts";

const read = { method: "get", tag: "Dashboard", scope: "dashboard:read", role: "viewer" } as const;

export const endpoints = [
  endpoint(
    {
      ...read,
      path: "/dashboard/overview",
      operationId: "getDashboardOverview",
      summary: "Get how things stand, at a glance",
      reply: one(OverviewBody, overviewBody, undefined, { moving: true }),
      faults: [],
    },
    ({ org }) => getOverview(org),
  ),
  endpoint(
    {
      ...read,
      path: "/dashboard/trends",
      operationId: "getDashboardTrend",
      summary: "Get one metric day by day, week by week or month by month",
      description:
        "From daily roll-ups that are kept for good, written at the end of each scan and once a day. A stretch in which nobody looked is " +
        "filled with what was known before, and says so.",
      query: TrendQuery,
      reply: one(TrendBody, trendBody),
      faults: ["INVALID_REQUEST", "RESOURCE_NOT_FOUND"],
    },
    ({ org, query }) => getTrend(org, query),
  ),
];
