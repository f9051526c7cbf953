import { z } from "zod";
import type { AwsCaller, Operation } from "#aws/caller";
import type { CollectContext, Collector, Found, Relation } from "#collectors/collector";
import { instant, number, part, text } from "#collectors/json";
import { policyIn, type PolicyStatement } from "#collectors/policy";
import { oneByOne } from "#collectors/read";
import { related } from "#collectors/relations";
import { tagActions, taggedAs } from "#collectors/tags";
import { keyMonthlyUsd } from "#prices/kms";
import { inRegion } from "#prices/regions";

/** A customer managed key; AWS's own are left out. All but `keyId` and `aliases` is `undefined` when DescribeKey was denied. */
export interface Key {
  readonly keyId: string;
  /** `alias/app`. */
  readonly aliases: readonly string[];
  readonly description: string | null | undefined;
  /** `CUSTOMER`. */
  readonly keyManager: string | null | undefined;
  /** `SYMMETRIC_DEFAULT`, `RSA_2048`, … */
  readonly keySpec: string | null | undefined;
  readonly keyUsage: string | null | undefined;
  /** `AWS_KMS`, `EXTERNAL`, `AWS_CLOUDHSM` or `EXTERNAL_KEY_STORE`. */
  readonly origin: string | null | undefined;
  /** `PRIMARY` or `REPLICA`; null for a key of one region. */
  readonly multiRegionKeyType: string | null | undefined;
  readonly deletionAt: string | null | undefined;
  /** `KEY_MATERIAL_EXPIRES` or `KEY_MATERIAL_DOES_NOT_EXPIRE`; null when the key material is not imported. */
  readonly expirationModel: string | null | undefined;
  readonly validTo: string | null | undefined;
  /** null: not asked, because only enabled symmetric keys that KMS made rotate, and replicas as their primary does. */
  readonly rotationEnabled: boolean | null | undefined;
  readonly rotationPeriodDays: number | null | undefined;
  readonly policy: readonly PolicyStatement[] | null | undefined;
}

export interface KeyObserved {
  readonly nextRotationAt: string | null;
}

interface ListedKey {
  readonly keyId: string;
  readonly arn: string;
  readonly aliases: readonly string[];
}

const listKeys: Operation = {
  service: "kms",
  action: "ListKeys",
  paging: { token: "Marker", next: "NextMarker", limit: ["Limit", 1000], more: "Truncated" },
};
const listAliases: Operation = {
  service: "kms",
  action: "ListAliases",
  paging: { token: "Marker", next: "NextMarker", limit: ["Limit", 100], more: "Truncated" },
};
const describeKey: Operation = { service: "kms", action: "DescribeKey" };
const getKeyRotationStatus: Operation = { service: "kms", action: "GetKeyRotationStatus" };
const getKeyPolicy: Operation = { service: "kms", action: "GetKeyPolicy" };

const KeysPage = z.object({ Keys: z.array(z.object({ KeyId: z.string(), KeyArn: z.string() })) });
const AliasesPage = z.object({ Aliases: z.array(z.object({ AliasName: z.string(), TargetKeyId: text })) });

const Metadata = z
  .object({
    KeyMetadata: z.object({
      CreationDate: instant,
      Description: text,
      KeyUsage: text,
      KeyState: text,
      DeletionDate: instant,
      ValidTo: instant,
      Origin: text,
      ExpirationModel: text,
      KeyManager: text,
      KeySpec: text,
      MultiRegionConfiguration: part({ MultiRegionKeyType: text, PrimaryKey: part({ Arn: text }) }),
    }),
  })
  .transform(({ KeyMetadata }) => KeyMetadata);
type Metadata = z.infer<typeof Metadata>;

const Rotation = z.object({
  KeyRotationEnabled: z.boolean(),
  RotationPeriodInDays: number,
  NextRotationDate: instant,
});

/**
 * Source: KMS API 2014-11-01, ListKeys (1,000 per page), ListAliases (100 per page, once there is a key), and for each key
 * that is no `alias/aws/` key DescribeKey, then GetKeyPolicy and, where KMS may rotate the key, GetKeyRotationStatus.
 */
export const collector: Collector<Key, KeyObserved, ListedKey> = {
  id: "kms.keys",
  service: "kms",
  resourceType: "AWS::KMS::Key",
  scope: "regional",
  actions: [
    "kms:DescribeKey",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListAliases",
    "kms:ListKeys",
    ...tagActions,
  ],
  async *list(context) {
    let aliases: ReadonlyMap<string, readonly string[]> | undefined;
    for await (const page of context.aws.walk(listKeys)) {
      const keys = KeysPage.parse(page).Keys;
      if (keys.length === 0) continue;
      aliases ??= await aliasesIn(context.aws);
      yield keys.flatMap((key) => customersOwn(key, aliases));
    }
  },
  describe: oneByOne(found),
};

/** The key with its names; nothing for AWS's own. */
function customersOwn(
  { KeyId: keyId, KeyArn: arn }: z.infer<typeof KeysPage>["Keys"][number],
  names: ReadonlyMap<string, readonly string[]> | undefined,
): readonly ListedKey[] {
  const aliases = names?.get(keyId) ?? [];
  return aliases.some((alias) => alias.startsWith("alias/aws/")) ? [] : [{ keyId, arn, aliases }];
}

/** The names of each key, by its id. */
async function aliasesIn(aws: AwsCaller): Promise<ReadonlyMap<string, readonly string[]>> {
  const aliases = new Map<string, readonly string[]>();
  for await (const page of aws.pages(listAliases)) {
    for (const { AliasName, TargetKeyId } of AliasesPage.parse(page).Aliases) {
      if (TargetKeyId !== null) aliases.set(TargetKeyId, [...(aliases.get(TargetKeyId) ?? []), AliasName].toSorted());
    }
  }
  return aliases;
}

const mayRotate = (key: Metadata): boolean =>
  key.KeySpec === "SYMMETRIC_DEFAULT" &&
  key.Origin === "AWS_KMS" &&
  key.KeyState === "Enabled" &&
  key.MultiRegionConfiguration.MultiRegionKeyType !== "REPLICA";

/** null: gone since it was listed, or AWS's own. */
async function found({ aws, place }: CollectContext, listed: ListedKey): Promise<Found<Key, KeyObserved> | null> {
  const input = { KeyId: listed.keyId };
  const answer = await aws.attempt(describeKey, input, ["NotFoundException"]);
  const key = Metadata.safeParse(answer).data;
  if (answer === null || key?.KeyManager === "AWS") return null;
  const [rotationAnswer, policyAnswer] = await Promise.all([
    key && (mayRotate(key) ? aws.attempt(getKeyRotationStatus, input, ["UnsupportedOperationException"]) : null),
    aws.attempt(getKeyPolicy, { ...input, PolicyName: "default" }),
  ]);
  const rotation = rotationAnswer === null ? null : Rotation.safeParse(rotationAnswer).data;
  return {
    nativeId: listed.arn,
    arn: listed.arn,
    name: listed.aliases[0]?.replace("alias/", "") ?? null,
    state: key?.KeyState ?? null,
    ...taggedAs(listed.arn),
    createdAt: key?.CreationDate ?? null,
    expiresAt: key?.ValidTo ?? null,
    costMonthly: key ? inRegion(keyMonthlyUsd(key.KeyState), place.region) : null,
    relations: replicaOf(key),
    attributes: {
      keyId: listed.keyId,
      aliases: listed.aliases,
      ...attributesOf(key, rotation),
      policy: policyIn(policyAnswer, "Policy"),
    },
    observed: { nextRotationAt: rotation?.NextRotationDate ?? null },
  };
}

function replicaOf(key: Metadata | undefined): readonly Relation[] {
  const region = key?.MultiRegionConfiguration;
  return related("replicaOf", "AWS::KMS::Key", region?.MultiRegionKeyType === "REPLICA" ? region.PrimaryKey.Arn : null);
}

const attributesOf = (
  key: Metadata | undefined,
  rotation: z.infer<typeof Rotation> | null | undefined,
): Omit<Key, "keyId" | "aliases" | "policy"> => ({
  description: key?.Description,
  keyManager: key?.KeyManager,
  keySpec: key?.KeySpec,
  keyUsage: key?.KeyUsage,
  origin: key?.Origin,
  multiRegionKeyType: key?.MultiRegionConfiguration.MultiRegionKeyType,
  deletionAt: key?.DeletionDate,
  expirationModel: key?.ExpirationModel,
  validTo: key?.ValidTo,
  rotationEnabled: rotation && rotation.KeyRotationEnabled,
  rotationPeriodDays: rotation && rotation.RotationPeriodInDays,
});
