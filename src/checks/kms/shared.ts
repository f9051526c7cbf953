import type { Unknown } from "#checks/check";
import { oncePerList } from "#checks/once";
import type { FoundBy } from "#collectors/registry";

export type Key = FoundBy<"kms.keys">;

export const undescribed: Unknown = { status: "unknown", reason: "kms:DescribeKey could not be read" };

/** `app (0a1b2c3d-…)`, or the id alone. */
export const called = ({ name, attributes: { keyId } }: Key): string => (name === null ? keyId : `${name} (${keyId})`);

type KeyName = string | null | undefined;

/** AWS's own keys are nobody's to delete. */
const isOwn = (key: KeyName): key is string => Boolean(key) && !/(^|:)alias\/aws\//.test(key ?? "");

interface ByKeyId {
  readonly attributes: { readonly kmsKeyId: KeyName };
}
interface ByKeyArn {
  readonly attributes: { readonly kmsKeyArn: KeyName };
}
interface ByMasterKeyId {
  readonly attributes: { readonly kmsMasterKeyId: KeyName };
}
const keyId = ({ attributes: { kmsKeyId } }: ByKeyId) => (isOwn(kmsKeyId) ? { kmsKeyId } : null);
const keyArn = ({ attributes: { kmsKeyArn } }: ByKeyArn) => (isOwn(kmsKeyArn) ? { kmsKeyArn } : null);
const masterKeyId = ({ attributes: { kmsMasterKeyId } }: ByMasterKeyId) =>
  isOwn(kmsMasterKeyId) ? { kmsMasterKeyId } : null;

/** What holds data, and which key it is encrypted under: for `condense`. */
export const stores = {
  "cloudtrail.trails": keyId,
  "dynamodb.tables": keyArn,
  "ec2.volumes": keyId,
  "efs.fileSystems": keyId,
  "logs.logGroups": keyId,
  "rds.dbClusters": keyId,
  "rds.dbInstances": keyId,
  "s3.buckets": ({ attributes: { encryption } }: FoundBy<"s3.buckets">) =>
    encryption?.some(({ kmsKeyId }) => isOwn(kmsKeyId)) ? { encryption } : null,
  "secretsmanager.secrets": keyId,
};

/** Whatever is encrypted under a key. */
export const users = {
  ...stores,
  "bedrock-agent.agents": keyArn,
  "ec2.snapshots": keyId,
  "ecr.repositories": keyArn,
  "eks.clusters": keyArn,
  "elasticache.replicationGroups": keyId,
  "lambda.functions": keyArn,
  "opensearch.domains": keyId,
  "rds.dbClusterSnapshots": keyId,
  "rds.dbSnapshots": keyId,
  "redshift.clusters": keyId,
  "sagemaker.endpoints": keyId,
  "sagemaker.notebookInstances": keyId,
  "sns.topics": masterKeyId,
  "sqs.queues": masterKeyId,
  "ssm.parameters": keyId,
};
export type Store = keyof typeof stores;
export type User = keyof typeof users;
// safe: the objects are written here and have no other members.
export const storeIds = Object.keys(stores) as readonly Store[];
export const userIds = Object.keys(users) as readonly User[];

interface Encrypted extends Partial<Pick<Key, "region">> {
  readonly nativeId: string;
  readonly attributes: Partial<ByKeyId["attributes"] & ByKeyArn["attributes"] & ByMasterKeyId["attributes"]> & {
    readonly encryption?: readonly { readonly kmsKeyId: string | null }[] | null | undefined;
  };
}

const keysOf = ({ attributes }: Encrypted): readonly KeyName[] => [
  attributes.kmsKeyId,
  attributes.kmsKeyArn,
  attributes.kmsMasterKeyId,
  ...(attributes.encryption ?? []).map(({ kmsKeyId }) => kmsKeyId),
];

/** An id or alias means a key of the region it is used in, which things of a region do not name. */
const inRegion = (key: string, region: string | null | undefined): string =>
  key.startsWith("arn:") ? key : `${region ?? ""} ${key}`;

const byKey = oncePerList((things: readonly Encrypted[]) => {
  const index = new Map<string, string[]>();
  for (const thing of things) {
    for (const key of keysOf(thing).filter(isOwn)) {
      const name = inRegion(key, thing.region);
      index.set(name, [...(index.get(name) ?? []), thing.nativeId]);
    }
  }
  return index;
});

/** What of these lists is encrypted under a key, which is named by its ARN, its id or an alias of either form. */
export function usersOf(key: Key, region: string, lists: readonly (readonly Encrypted[])[]): readonly string[] {
  const { aliases, keyId: id } = key.attributes;
  const short = [id, ...aliases];
  const names = [
    key.nativeId,
    ...aliases.map((alias) => key.nativeId.replace(/key\/[^/]+$/, alias)),
    ...short.flatMap((name) => [inRegion(name, region), inRegion(name, null)]),
  ];
  return [...new Set(lists.flatMap((list) => names.flatMap((name) => byKey(list).get(name) ?? [])))].toSorted();
}
