import { hoursPerMonth } from "./prices.ts";

/**
 * USD per unit of provisioned capacity and hour, us-east-1, tables of class STANDARD. Source: Infracost's golden tests at
 * 95ba4f4.
 */
export const unitHour = { read: 0.00013, write: 0.00065 } as const;

export interface Throughput {
  readonly readUnits: number;
  readonly writeUnits: number;
}

/** USD per month of provisioned capacity, not rounded. */
export const capacityMonthlyUsd = ({ readUnits, writeUnits }: Throughput): number =>
  (readUnits * unitHour.read + writeUnits * unitHour.write) * hoursPerMonth;
