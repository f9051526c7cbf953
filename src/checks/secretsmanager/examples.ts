import type { Secret, SecretObserved } from "#collectors/secretsmanager/secrets";
import type { FoundBy } from "#collectors/registry";

/** A secret of January 2026 that nobody rotates, changed or read since, but for what is given. */
export const exampleSecret = (
  attributes: Partial<Secret> = {},
  observed: Partial<SecretObserved> = {},
  more: { readonly tags?: Readonly<Record<string, string>>; readonly createdAt?: string | null } = {},
): FoundBy<"secretsmanager.secrets"> => ({
  nativeId: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf",
  arn: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf",
  name: "prod/db",
  state: null,
  tags: {},
  createdAt: "2026-01-01T00:00:00.000Z",
  ...more,
  attributes: {
    description: null,
    kmsKeyId: null,
    rotationEnabled: false,
    rotationLambdaArn: null,
    rotationAfterDays: null,
    rotationSchedule: null,
    owningService: null,
    primaryRegion: null,
    deletedAt: null,
    policy: null,
    ...attributes,
  },
  observed: {
    lastAccessedAt: null,
    lastChangedAt: "2026-01-01T00:00:00.000Z",
    lastRotatedAt: null,
    nextRotationAt: null,
    ...observed,
  },
});
