import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { CollectContext, Collector, Found, Place, Relation } from "#collectors/collector";
import { by, ordered } from "#collectors/order";
import { PolicyDocument, type PolicyStatement } from "#collectors/policy";
import { oneByOne } from "#collectors/read";
import { bucketArn, encryptedBy, relatedBucket } from "#collectors/relations";
import { tagFacts } from "#collectors/tags";
import { claim, instant, listOf, number, part, tagsAt, toggle, wholeListOf } from "#collectors/xml";
import { Block, type PublicAccessBlock } from "./shapes.ts";

export interface Bucket {
  readonly publicAccessBlock: PublicAccessBlock | null | undefined;
  /** The statements of its policy; `null` when it has no policy. */
  readonly policy: readonly PolicyStatement[] | null | undefined;
  /** What S3 itself says of the policy; `null` when it has no policy. */
  readonly policyIsPublic: boolean | null | undefined;
  /** What its ACL grants to groups; grants to single accounts are left out. */
  readonly groupGrants: readonly GroupGrant[] | undefined;
  /** `Enabled`, `Suspended`, or `null` when it was never switched on. */
  readonly versioning: string | null | undefined;
  readonly mfaDelete: boolean | undefined;
  readonly logging: { readonly targetBucket: string; readonly targetPrefix: string } | null | undefined;
  readonly encryption: readonly EncryptionRule[] | null | undefined;
  /** `null`: no rules. */
  readonly lifecycle: readonly LifecycleRule[] | null | undefined;
  /** `undefined` says that `tags` is empty because the tags could not be read. */
  readonly tagCount: number | undefined;
}

export interface GroupGrant {
  /** `AllUsers` is everyone, `AuthenticatedUsers` everyone with any AWS account; `LogDelivery` is S3 itself. */
  readonly group: string;
  /** `READ`, `WRITE`, `READ_ACP`, `WRITE_ACP` or `FULL_CONTROL`. */
  readonly permission: string;
}

export interface EncryptionRule {
  /** `AES256`, `aws:kms` or `aws:kms:dsse`; `null` when the rule sets no default. */
  readonly algorithm: string | null;
  readonly kmsKeyId: string | null;
  readonly bucketKeyEnabled: boolean;
}

export interface LifecycleRule {
  readonly id: string | null;
  readonly isEnabled: boolean;
  /** After how many days parts of unfinished uploads are removed. */
  readonly abortUploadDays: number | null;
  /** After how many days earlier versions are removed. */
  readonly noncurrentExpirationDays: number | null;
  /** Earlier versions go to cheaper storage. */
  readonly movesNoncurrent: boolean;
}

const listBuckets: Operation = {
  service: "s3",
  action: "ListBuckets",
  iam: "s3:ListAllMyBuckets",
  method: "GET",
  path: "/",
  // Only a request with a page size is answered with the buckets' regions.
  paging: { token: "ContinuationToken", next: "ContinuationToken", limit: ["MaxBuckets", 10_000] },
  lists: ["Bucket"],
};

/** S3 answers about a bucket's settings under its name, one setting per query word. */
const aboutBucket = (action: string, setting: string, more: Pick<Operation, "iam" | "lists"> = {}): Operation => ({
  service: "s3",
  action,
  method: "GET",
  path: `/{Bucket}?${setting}`,
  ...more,
});
const getPublicAccessBlock = aboutBucket("GetPublicAccessBlock", "publicAccessBlock", {
  iam: "s3:GetBucketPublicAccessBlock",
});
const getBucketPolicy = aboutBucket("GetBucketPolicy", "policy");
const getBucketPolicyStatus = aboutBucket("GetBucketPolicyStatus", "policyStatus");
const getBucketAcl = aboutBucket("GetBucketAcl", "acl", { lists: ["Grant"] });
const getBucketVersioning = aboutBucket("GetBucketVersioning", "versioning");
const getBucketLogging = aboutBucket("GetBucketLogging", "logging");
const getBucketEncryption = aboutBucket("GetBucketEncryption", "encryption", {
  iam: "s3:GetEncryptionConfiguration",
  lists: ["Rule"],
});
const getBucketLifecycle = aboutBucket("GetBucketLifecycleConfiguration", "lifecycle", {
  iam: "s3:GetLifecycleConfiguration",
  lists: ["Rule"],
});
const getBucketTagging = aboutBucket("GetBucketTagging", "tagging", { lists: ["Tag"] });

const ListedBucket = z.object({
  Name: z.string(),
  CreationDate: instant,
  BucketRegion: z.string().optional(),
});
type ListedBucket = z.infer<typeof ListedBucket>;

const Page = z.object({ Buckets: wholeListOf("Bucket", ListedBucket) });

const PolicyStatus = z.object({ IsPublic: claim }).transform(({ IsPublic }) => IsPublic);

const Acl = z
  .object({
    AccessControlList: wholeListOf(
      "Grant",
      z.object({ Grantee: z.object({ URI: z.string().optional() }), Permission: z.string() }),
    ),
  })
  .transform(({ AccessControlList: grants }): readonly GroupGrant[] =>
    grants
      .flatMap(({ Grantee: { URI: uri }, Permission: permission }) =>
        uri === undefined ? [] : [{ group: uri.replace(/^.*\//, ""), permission }],
      )
      .toSorted(by(({ group, permission }) => group + permission)),
  );

const Versioning = part({ Status: z.string().optional(), MfaDelete: z.string().optional() });

const Logging = part({
  LoggingEnabled: z.object({ TargetBucket: z.string(), TargetPrefix: z.string().default("") }).optional(),
}).transform(({ LoggingEnabled: on }) =>
  on ? { targetBucket: on.TargetBucket, targetPrefix: on.TargetPrefix } : null,
);

const Encryption = listOf(
  "Rule",
  part({
    ApplyServerSideEncryptionByDefault: z
      .object({ SSEAlgorithm: z.string(), KMSMasterKeyID: z.string().optional() })
      .optional(),
    BucketKeyEnabled: toggle,
  }).transform(({ ApplyServerSideEncryptionByDefault: byDefault, BucketKeyEnabled }) => ({
    algorithm: byDefault?.SSEAlgorithm ?? null,
    kmsKeyId: byDefault?.KMSMasterKeyID || null,
    bucketKeyEnabled: BucketKeyEnabled,
  })),
);

const Lifecycle = listOf(
  "Rule",
  z
    .object({
      ID: z.string().optional(),
      Status: z.string(),
      AbortIncompleteMultipartUpload: z.object({ DaysAfterInitiation: number }).optional(),
      NoncurrentVersionExpiration: z.object({ NoncurrentDays: number }).optional(),
      NoncurrentVersionTransition: z.unknown().optional(),
    })
    .transform((rule): LifecycleRule => ({
      id: rule.ID || null,
      isEnabled: rule.Status === "Enabled",
      abortUploadDays: rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation ?? null,
      noncurrentExpirationDays: rule.NoncurrentVersionExpiration?.NoncurrentDays ?? null,
      movesNoncurrent: rule.NoncurrentVersionTransition !== undefined,
    })),
);

const Tags = tagsAt("TagSet.Tag");

/**
 * Source: S3 API 2006-03-01, ListBuckets (10,000 per page) and, per bucket in its own region, GetPublicAccessBlock,
 * GetBucketPolicy, GetBucketPolicyStatus (where there is a policy), GetBucketAcl, GetBucketVersioning, GetBucketLogging,
 * GetBucketEncryption, GetBucketLifecycleConfiguration and GetBucketTagging.
 */
export const collector: Collector<Bucket, object, ListedBucket> = {
  id: "s3.buckets",
  service: "s3",
  resourceType: "AWS::S3::Bucket",
  scope: "global",
  actions: [
    "s3:GetBucketAcl",
    "s3:GetBucketLogging",
    "s3:GetBucketPolicy",
    "s3:GetBucketPolicyStatus",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketTagging",
    "s3:GetBucketVersioning",
    "s3:GetEncryptionConfiguration",
    "s3:GetLifecycleConfiguration",
    "s3:ListAllMyBuckets",
  ],
  async *list({ aws }) {
    for await (const page of aws.walk(listBuckets)) yield Page.parse(page).Buckets;
  },
  describe: oneByOne(found),
};

/** An answer in a shape AWS does not document counts as not read, so that one odd bucket does not end the list. */
function read<Schema extends z.ZodType>(schema: Schema, answer: unknown): z.output<Schema> | null | undefined {
  if (answer === undefined || answer === null) return answer;
  return schema.safeParse(answer).data;
}

/** What S3 answers about a bucket, not yet read; null: the bucket is gone since it was listed. */
async function answersOf({ aws }: CollectContext, Bucket: string, region: string) {
  const ask = (operation: Operation, ...absent: readonly string[]) =>
    aws.attempt(operation, { Bucket }, [...absent, "NoSuchBucket"], { region });
  const policyAsked = ask(getBucketPolicy, "NoSuchBucketPolicy");
  const [block, policy, policyStatus, acl, versioning, logging, encryption, lifecycle, tagging] = await Promise.all([
    ask(getPublicAccessBlock, "NoSuchPublicAccessBlockConfiguration"),
    policyAsked,
    policyAsked.then((answer) => (answer === null ? null : ask(getBucketPolicyStatus, "NoSuchBucketPolicy"))),
    ask(getBucketAcl),
    ask(getBucketVersioning),
    ask(getBucketLogging),
    ask(getBucketEncryption, "ServerSideEncryptionConfigurationNotFoundError"),
    ask(getBucketLifecycle, "NoSuchLifecycleConfiguration"),
    ask(getBucketTagging, "NoSuchTagSet"),
  ]);
  // Every bucket that is there has an ACL and a state of versioning.
  if (acl === null || versioning === null) return null;
  return { block, policy, policyStatus, acl, versioning, logging, encryption, lifecycle, tagging };
}

/** null: it is gone since it was listed. */
async function found(context: CollectContext, bucket: ListedBucket): Promise<Found<Bucket> | null> {
  const place = { ...context.place, region: bucket.BucketRegion || context.place.region };
  const answers = await answersOf(context, bucket.Name, place.region);
  if (!answers) return null;
  const tags = answers.tagging === null ? {} : read(Tags, answers.tagging);
  const versioning = read(Versioning, answers.versioning);
  const attributes: Bucket = {
    publicAccessBlock: read(Block, answers.block),
    policy: read(PolicyDocument, answers.policy),
    policyIsPublic: read(PolicyStatus, answers.policyStatus),
    groupGrants: read(Acl, answers.acl) ?? undefined,
    versioning: versioning ? (versioning.Status ?? null) : undefined,
    mfaDelete: versioning ? versioning.MfaDelete === "Enabled" : undefined,
    logging: read(Logging, answers.logging),
    encryption: read(Encryption, answers.encryption),
    lifecycle: read(Lifecycle, answers.lifecycle),
    tagCount: tags ? Object.keys(tags).length : undefined,
  };
  const arn = bucketArn(place, bucket.Name);
  return {
    nativeId: arn,
    arn,
    name: bucket.Name,
    state: null,
    ...tagFacts(tags),
    createdAt: bucket.CreationDate,
    region: place.region,
    relations: relationsOf(attributes, place),
    dnsNames: dnsNamesOf(bucket.Name, place),
    attributes,
  };
}

const relationsOf = ({ logging, encryption }: Bucket, place: Place): readonly Relation[] => [
  ...ordered(encryption?.map(({ kmsKeyId }) => kmsKeyId) ?? []).flatMap((key) => encryptedBy(key, place)),
  ...relatedBucket("logsTo", logging?.targetBucket, place),
];

/** Source: S3 user guide, "Virtual hosting of buckets" and "Website endpoints", of which regions have the one or the other. */
function dnsNamesOf(name: string, { partition, region }: Place): readonly string[] {
  const suffix = partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
  return ["s3", `s3.${region}`, `s3-website-${region}`, `s3-website.${region}`].map(
    (host) => `${name}.${host}.${suffix}`,
  );
}
