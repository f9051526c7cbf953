/** USD per secret (a replica is one too) and month, us-east-1. Source: Infracost's golden tests at 95ba4f4. */
const secretMonth = 0.4;

/** USD per month of a secret, not rounded; one marked for deletion is free. What another AWS service owns, that service may pay: null. */
export function secretMonthlyUsd(secret: {
  readonly deletedAt: string | null;
  readonly owningService: string | null;
}): number | null {
  if (secret.deletedAt !== null) return 0;
  return secret.owningService === null ? secretMonth : null;
}
