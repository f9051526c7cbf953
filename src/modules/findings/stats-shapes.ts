import { z } from "@hono/zod-openapi";
import { findingStatuses } from "#db/schema";
import { exampleAccountId } from "#modules/accounts";
import { StatusList } from "./query-shapes.ts";
import type { FindingCounts } from "./stats.ts";

export const FindingStatsQuery = z.object({
  status: StatusList.default([...findingStatuses]).openapi({
    type: "string",
    default: "all",
    description: "Which findings the groups count; `byStatus` always counts all of them.",
    example: "open",
  }),
});

const Counts = z.record(z.string(), z.int());
export const FindingStatsBody = z
  .object({
    totalFindings: z.int(),
    byStatus: z.object({ open: z.int(), snoozed: z.int(), ignored: z.int(), resolved: z.int() }),
    bySeverity: z.object({ critical: z.int(), high: z.int(), medium: z.int(), low: z.int() }),
    byType: Counts,
    byCategory: Counts,
    byService: Counts,
    byRegion: Counts,
    byAccount: Counts.openapi({ description: "By the account's UUID." }),
    estimatedMonthlySavings: z
      .number()
      .openapi({ description: "USD: what the open ones would save, the same money counted once." }),
  })
  .openapi("FindingStats", {
    example: {
      totalFindings: 87,
      byStatus: { open: 54, snoozed: 6, ignored: 4, resolved: 23 },
      bySeverity: { critical: 0, high: 12, medium: 38, low: 37 },
      byType: { orphaned_volume: 50, security_group_open_port: 37 },
      byCategory: { cost: 50, security: 37 },
      byService: { ec2: 87 },
      byRegion: { "eu-west-1": 87 },
      byAccount: { [exampleAccountId]: 87 },
      estimatedMonthlySavings: 412.5,
    },
  });

/** Totals by group, from the counters. */
export function findingStatsBody({ statuses, rows, savings }: FindingCounts): z.input<typeof FindingStatsBody> {
  const sum = (row: FindingCounts["rows"][number]): number =>
    statuses.reduce((total, status) => total + row[status], 0);
  const by = (dimension: string): Record<string, number> =>
    Object.fromEntries(
      rows.flatMap((row) => (row.dimension === dimension && sum(row) > 0 ? [[row.value, sum(row)]] : [])),
    );
  const all = rows.find(({ dimension }) => dimension === "all");
  return {
    totalFindings: all ? sum(all) : 0,
    byStatus: {
      open: all?.open ?? 0,
      snoozed: all?.snoozed ?? 0,
      ignored: all?.ignored ?? 0,
      resolved: all?.resolved ?? 0,
    },
    bySeverity: { critical: 0, high: 0, medium: 0, low: 0, ...by("severity") },
    byType: by("type"),
    byCategory: by("category"),
    byService: by("service"),
    byRegion: by("region"),
    byAccount: by("account"),
    estimatedMonthlySavings: savings / 100,
  };
}
