/** How checks that ask about production tell it. */
export interface EnvironmentParams {
  /** Tags that name the environment; the first one set counts. */
  readonly envTagKeys: readonly string[];
  readonly prodValues: readonly string[];
}

export const environmentParams: EnvironmentParams = {
  envTagKeys: ["env", "environment", "stage"],
  prodValues: ["prod", "production", "prd", "live"],
};

/** The environment a resource's tags name, in lower case; `null` when none does. */
export function environmentOf(tags: Readonly<Record<string, string>>, keys: readonly string[]): string | null {
  const byKey = new Map(Object.entries(tags).map(([key, value]) => [key.toLowerCase(), value.toLowerCase()]));
  return keys.map((key) => byKey.get(key.toLowerCase())).find((value) => value !== undefined) ?? null;
}

/** Is it one of these, in whatever case? */
export const isOneOf = (environment: string | null, names: readonly string[]): boolean =>
  names.some((name) => name.toLowerCase() === environment);
