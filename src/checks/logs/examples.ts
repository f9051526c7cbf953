import type { FoundBy } from "#collectors/registry";

/** A log group of 500 GiB that is two years old in the summer of 2026 and kept for ever, but for what is given. */
export const exampleLogGroup = (
  attributes: Partial<FoundBy<"logs.logGroups">["attributes"]> = {},
  more: { readonly name?: string; readonly createdAt?: string | null; readonly storedBytes?: number | null } = {},
): FoundBy<"logs.logGroups"> => {
  const { name, createdAt, storedBytes } = {
    name: "/app/web",
    createdAt: "2024-06-01T00:00:00.000Z",
    storedBytes: 500 * 2 ** 30,
    ...more,
  };
  const arn = `arn:aws:logs:eu-west-1:111122223333:log-group:${name}`;
  return {
    nativeId: arn,
    arn,
    name,
    state: null,
    tags: {},
    createdAt,
    attributes: {
      retentionInDays: null,
      logGroupClass: "STANDARD",
      kmsKeyId: null,
      metricFilterCount: 0,
      dataProtectionStatus: null,
      deletionProtection: null,
      ...attributes,
    },
    observed: { storedBytes },
  };
};
