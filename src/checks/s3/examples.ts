import type { Bucket } from "#collectors/s3/buckets";
import type { PublicAccessBlock } from "#collectors/s3/shapes";
import type { FoundBy } from "#collectors/registry";

const blockOf = (on: boolean): PublicAccessBlock => ({
  blockPublicAcls: on,
  ignorePublicAcls: on,
  blockPublicPolicy: on,
  restrictPublicBuckets: on,
});

/** All four settings on; all but the last; none. */
export const exampleBlocks = () => ({
  whole: blockOf(true),
  part: { ...blockOf(true), restrictPublicBuckets: false },
  none: blockOf(false),
});

/** A bucket as AWS makes it by default today, but for what is given. */
export const exampleBucket = (
  attributes: Partial<Bucket>,
  more: { readonly name?: string; readonly tags?: Readonly<Record<string, string>> } = {},
): FoundBy<"s3.buckets"> => {
  const name = more.name ?? "acme-data";
  const tags = more.tags ?? {};
  return {
    nativeId: `arn:aws:s3:::${name}`,
    arn: `arn:aws:s3:::${name}`,
    name,
    state: null,
    tags,
    createdAt: "2024-05-02T08:30:00.000Z",
    region: "eu-west-1",
    attributes: {
      publicAccessBlock: blockOf(true),
      policy: null,
      policyIsPublic: null,
      groupGrants: [],
      versioning: null,
      mfaDelete: false,
      logging: null,
      encryption: [{ algorithm: "AES256", kmsKeyId: null, bucketKeyEnabled: false }],
      lifecycle: null,
      tagCount: Object.keys(tags).length,
      ...attributes,
    },
  };
};

export const exampleAccount = (
  publicAccessBlock: PublicAccessBlock | null | undefined,
): FoundBy<"s3.accountPublicAccessBlocks"> => ({
  nativeId: "111122223333",
  arn: null,
  name: null,
  state: null,
  tags: {},
  createdAt: null,
  region: null,
  attributes: { publicAccessBlock },
});
