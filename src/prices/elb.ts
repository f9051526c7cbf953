import { hoursPerMonth, publicIpv4MonthlyUsd } from "./prices.ts";

/**
 * USD per load balancer and hour, us-east-1, without capacity units. Source: Infracost's golden tests at 95ba4f4. The
 * gateway's has no source and is left out.
 */
const balancerHour: Readonly<Record<string, number>> = { application: 0.0225, network: 0.0225, classic: 0.025 };

/** USD per month of a load balancer and the public addresses AWS lends it, not rounded; null for a type without a price. */
export function loadBalancerMonthlyUsd(type: string | null, publicAddresses: number): number | null {
  const hour = balancerHour[type ?? ""];
  return hour === undefined ? null : hour * hoursPerMonth + publicAddresses * publicIpv4MonthlyUsd;
}
