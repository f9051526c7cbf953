/**
 * USD per month of a hosted zone, the same everywhere. Source: Infracost's golden tests at 95ba4f4. AWS charges less from the
 * 26th zone of an account on, so there it is a ceiling.
 */
export const hostedZoneMonthlyUsd = 0.5;
