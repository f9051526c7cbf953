/** A resource as rules see it. `undefined`: not known, so that nothing is concluded from it. null: known to be nothing. */
export interface RuleSubject {
  readonly id: string;
  readonly arn: string | null;
  readonly name: string | null;
  readonly state: string | null;
  readonly region: string;
  readonly service: string;
  readonly resourceType: string;
  /** ISO 8601 UTC. */
  readonly createdAt: string | undefined;
  /** ISO 8601 UTC; null: it does not lapse. */
  readonly expiresAt: string | null;
  /** USD at list price. */
  readonly costMonthly: number | undefined;
  readonly tags: Readonly<Record<string, string>> | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Members with a value of their own. */
export const subjectFields = [
  "id",
  "arn",
  "name",
  "state",
  "region",
  "service",
  "resourceType",
  "createdAt",
  "expiresAt",
  "costMonthly",
] as const satisfies readonly (keyof RuleSubject)[];
