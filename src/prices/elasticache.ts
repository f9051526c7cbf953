import { hoursPerMonth } from "./prices.ts";

/** USD per node and hour, us-east-1, on demand, Redis OSS. Source: Infracost's golden tests at 95ba4f4. */
const nodeHour: Readonly<Record<string, number>> = { "cache.m4.large": 0.156 };

/** USD per month of nodes of one type, not rounded; null: no price is known. */
export function nodesMonthlyUsd(nodeType: string | null, nodes: number): number | null {
  const hour = nodeHour[nodeType ?? ""];
  return hour === undefined ? null : hour * nodes * hoursPerMonth;
}
