import { hoursPerMonth } from "./prices.ts";

/** USD per node that brings its own storage and hour, us-east-1, on demand. Source: Infracost's golden tests at 95ba4f4. */
const nodeHour: Readonly<Record<string, number>> = { "dc2.large": 0.25 };

/** USD per month of a running cluster's nodes, not rounded; null: no price is known. */
export function clusterMonthlyUsd(nodeType: string | null, nodes: number | null): number | null {
  const hour = nodeHour[nodeType ?? ""];
  return hour === undefined || nodes === null ? null : hour * nodes * hoursPerMonth;
}
