/** The RDS API also lists Neptune and DocumentDB, whose instances are other services' to judge. */
export const isRdsEngine = (engine: string): boolean => engine !== "neptune" && engine !== "docdb";

/** The environment a resource's tags name, in lower case; `null` when none does. */
export function environmentOf(tags: Readonly<Record<string, string>>, keys: readonly string[]): string | null {
  const byKey = new Map(Object.entries(tags).map(([key, value]) => [key.toLowerCase(), value.toLowerCase()]));
  return keys.map((key) => byKey.get(key.toLowerCase())).find((value) => value !== undefined) ?? null;
}

/** Is it one of these, in whatever case? */
export const isOneOf = (environment: string | null, names: readonly string[]): boolean =>
  names.some((name) => name.toLowerCase() === environment);
