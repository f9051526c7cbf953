import { number } from "#collectors/json";

/** ISO 8601 UTC or null, of milliseconds since 1970. */
export const instantOfMs = number.transform((ms) => (ms === null ? null : new Date(ms).toISOString()));
