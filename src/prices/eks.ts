import { hoursPerMonth } from "./prices.ts";

/** USD per cluster and hour, us-east-1. Source: Infracost's golden tests at 95ba4f4. */
const clusterHour = { standard: 0.1, extended: 0.6 } as const;

/** USD per month of a cluster's control plane of the standard size, not rounded. */
export const clusterMonthlyUsd = (support: keyof typeof clusterHour): number => clusterHour[support] * hoursPerMonth;
