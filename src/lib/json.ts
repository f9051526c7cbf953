/** As a column keeps it: JSON, or null. */
export const jsonOrNull = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));
