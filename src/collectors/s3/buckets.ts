import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { CollectContext, Collector, Found } from "#collectors/collector";
import { listOf, tagsAt, wholeListOf } from "#collectors/shapes";
import { PolicyDocument, type PolicyStatement } from "#collectors/policy";
import { Block, flag, type PublicAccessBlock } from "./shapes.ts";

export interface Bucket {
  readonly publicAccessBlock: PublicAccessBlock | null | undefined;
  /** The statements of its policy; `null` when it has no policy. */
  readonly policy: readonly PolicyStatement[] | null | undefined;
  /** `Enabled`, `Suspended`, or `null` when it was never switched on. */
  readonly versioning: string | null | undefined;
  readonly mfaDelete: boolean | undefined;
  readonly logging: { readonly targetBucket: string; readonly targetPrefix: string } | null | undefined;
  readonly encryption: readonly EncryptionRule[] | null | undefined;
  /** `undefined` says that `tags` is empty because the tags could not be read. */
  readonly tagCount: number | undefined;
}

export interface EncryptionRule {
  /** `AES256`, `aws:kms` or `aws:kms:dsse`; `null` when the rule sets no default. */
  readonly algorithm: string | null;
  readonly kmsKeyId: string | null;
  readonly bucketKeyEnabled: boolean;
}

const listBuckets: Operation = {
  service: "s3",
  action: "ListBuckets",
  iam: "s3:ListAllMyBuckets",
  method: "GET",
  path: "/",
  // Only a request with a page size is answered with the buckets' regions.
  paging: { token: "ContinuationToken", next: "ContinuationToken", limit: ["MaxBuckets", 1000] },
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
const getBucketVersioning = aboutBucket("GetBucketVersioning", "versioning");
const getBucketLogging = aboutBucket("GetBucketLogging", "logging");
const getBucketEncryption = aboutBucket("GetBucketEncryption", "encryption", {
  iam: "s3:GetEncryptionConfiguration",
  lists: ["Rule"],
});
const getBucketTagging = aboutBucket("GetBucketTagging", "tagging", { lists: ["Tag"] });

const ListedBucket = z.object({
  Name: z.string(),
  CreationDate: z.iso.datetime({ offset: true }),
  BucketRegion: z.string().optional(),
});
type ListedBucket = z.infer<typeof ListedBucket>;

const Page = z.object({ Buckets: wholeListOf("Bucket", ListedBucket) });

/** An element without members decodes to "". */
const element = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.preprocess((answer) => (answer === "" ? {} : answer), z.object(shape));

const Versioning = element({ Status: z.string().optional(), MfaDelete: z.string().optional() });

const Logging = element({
  LoggingEnabled: z.object({ TargetBucket: z.string(), TargetPrefix: z.string().default("") }).optional(),
}).transform(({ LoggingEnabled: on }) =>
  on ? { targetBucket: on.TargetBucket, targetPrefix: on.TargetPrefix } : null,
);

const Encryption = listOf(
  "Rule",
  element({
    ApplyServerSideEncryptionByDefault: z
      .object({ SSEAlgorithm: z.string(), KMSMasterKeyID: z.string().optional() })
      .optional(),
    BucketKeyEnabled: flag,
  }).transform(({ ApplyServerSideEncryptionByDefault: byDefault, BucketKeyEnabled }) => ({
    algorithm: byDefault?.SSEAlgorithm ?? null,
    kmsKeyId: byDefault?.KMSMasterKeyID || null,
    bucketKeyEnabled: BucketKeyEnabled,
  })),
);

const Tags = tagsAt("TagSet.Tag");

/** An answer in a shape AWS does not document counts as not read, so that one odd bucket does not end the list. */
function read<Schema extends z.ZodType>(schema: Schema, answer: unknown): z.output<Schema> | null | undefined {
  if (answer === undefined || answer === null) return answer;
  return schema.safeParse(answer).data;
}

async function describe({ aws, place }: CollectContext, bucket: ListedBucket): Promise<Found<Bucket>> {
  const region = bucket.BucketRegion || place.region;
  const ask = (operation: Operation, ...absent: readonly string[]) =>
    aws.attempt(operation, { Bucket: bucket.Name }, absent, { region });
  const [block, policy, versioningAnswer, logging, encryption, tagging] = await Promise.all([
    ask(getPublicAccessBlock, "NoSuchPublicAccessBlockConfiguration"),
    ask(getBucketPolicy, "NoSuchBucketPolicy"),
    ask(getBucketVersioning),
    ask(getBucketLogging),
    ask(getBucketEncryption, "ServerSideEncryptionConfigurationNotFoundError"),
    ask(getBucketTagging, "NoSuchTagSet"),
  ]);
  const versioning = read(Versioning, versioningAnswer);
  const tags = tagging === null ? {} : read(Tags, tagging);
  const arn = `arn:${place.partition}:s3:::${bucket.Name}`;
  return {
    nativeId: arn,
    arn,
    name: bucket.Name,
    state: null,
    tags: tags ?? {},
    createdAt: new Date(bucket.CreationDate).toISOString(),
    region,
    attributes: {
      publicAccessBlock: read(Block, block),
      policy: read(PolicyDocument, policy),
      versioning: versioning ? (versioning.Status ?? null) : undefined,
      mfaDelete: versioning ? versioning.MfaDelete === "Enabled" : undefined,
      logging: read(Logging, logging),
      encryption: read(Encryption, encryption),
      tagCount: tags ? Object.keys(tags).length : undefined,
    },
  };
}

/** Buckets asked about side by side; the client lets fewer calls than that wait at once. */
const chunkSize = 25;

/**
 * Source: S3 API 2006-03-01, ListBuckets (1,000 per page) and, per bucket in its own region, GetPublicAccessBlock,
 * GetBucketPolicy, GetBucketVersioning, GetBucketLogging, GetBucketEncryption and GetBucketTagging.
 */
export const collector: Collector<Bucket> = {
  id: "s3.buckets",
  service: "s3",
  resourceType: "AWS::S3::Bucket",
  scope: "global",
  actions: [
    "s3:GetBucketLogging",
    "s3:GetBucketPolicy",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketTagging",
    "s3:GetBucketVersioning",
    "s3:GetEncryptionConfiguration",
    "s3:ListAllMyBuckets",
  ],
  async *list(context) {
    for await (const page of context.aws.pages(listBuckets)) {
      const buckets = Page.parse(page).Buckets;
      for (let start = 0; start < buckets.length; start += chunkSize) {
        const chunk = buckets.slice(start, start + chunkSize);
        yield await Promise.all(chunk.map((bucket) => describe(context, bucket)));
      }
    }
  },
};
