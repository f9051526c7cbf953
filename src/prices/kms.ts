/** USD per customer managed key and month, us-east-1. Source: Infracost's golden tests at 95ba4f4. */
const keyMonth = 1;

/** USD per month of a customer managed key, not rounded; one that waits for its deletion is free. A floor: rotations may add to it. */
export const keyMonthlyUsd = (keyState: string | null): number => (keyState === "PendingDeletion" ? 0 : keyMonth);
