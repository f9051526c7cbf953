import type { FoundBy } from "#collectors/registry";

type Key = FoundBy<"kms.keys">;

export const exampleKeyId = "0a1b2c3d-1111-2222-3333-444455556666";

/** An enabled key that KMS made and rotates every year, but for what is given. */
export const exampleKey = (attributes: Partial<Key["attributes"]> = {}, rest: Partial<Key> = {}): Key => {
  const arn = `arn:aws:kms:eu-west-1:111122223333:key/${exampleKeyId}`;
  return {
    nativeId: arn,
    arn,
    name: "app",
    state: "Enabled",
    tags: {},
    createdAt: "2025-01-01T00:00:00.000Z",
    expiresAt: null,
    ...rest,
    attributes: {
      keyId: exampleKeyId,
      aliases: ["alias/app"],
      description: null,
      keyManager: "CUSTOMER",
      keySpec: "SYMMETRIC_DEFAULT",
      keyUsage: "ENCRYPT_DECRYPT",
      origin: "AWS_KMS",
      multiRegionKeyType: null,
      deletionAt: null,
      expirationModel: null,
      validTo: null,
      rotationEnabled: true,
      rotationPeriodDays: 365,
      policy: [],
      ...attributes,
    },
    observed: { nextRotationAt: null },
  };
};

/** A key that could not be described. */
export const exampleUnreadKey = (): Key =>
  exampleKey(
    {
      description: undefined,
      keyManager: undefined,
      keySpec: undefined,
      keyUsage: undefined,
      origin: undefined,
      multiRegionKeyType: undefined,
      deletionAt: undefined,
      expirationModel: undefined,
      validTo: undefined,
      rotationEnabled: undefined,
      rotationPeriodDays: undefined,
    },
    { state: null, createdAt: null },
  );
