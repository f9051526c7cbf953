/** USD per compressed GiB kept and month, us-east-1. Source: Infracost's golden tests at 95ba4f4. */
const storedGibMonth = 0.03;

/** USD per month of what a log group keeps, not rounded; null when its size is not known. */
export const storedLogsMonthlyUsd = (storedBytes: number | null): number | null =>
  storedBytes === null ? null : (storedBytes / 2 ** 30) * storedGibMonth;
