import type { PublicAccessBlock } from "#collectors/s3/account-public-access-blocks";
import type { FoundBy } from "#collectors/registry";
import type { Bucket } from "#collectors/s3/buckets";
import type { Check, Examples } from "#checks/check";

const settings = ["blockPublicAcls", "ignorePublicAcls", "blockPublicPolicy", "restrictPublicBuckets"] as const;

/** The settings none of these blocks switches on. S3 applies account and bucket together, the stricter of the two winning. */
export const settingsOff = (...blocks: readonly (PublicAccessBlock | null | undefined)[]): readonly string[] =>
  settings.filter((setting) => !blocks.some((block) => block?.[setting]));

export const check: Check<"s3.buckets", object, "s3.accountPublicAccessBlocks"> = {
  id: "s3_bucket_public_access_block_off",
  title: "Neither the bucket nor its account blocks public access in full",
  severity: "high",
  category: "security",
  domain: "data_protection",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["s3.buckets"],
  reads: ["s3.accountPublicAccessBlocks"],
  rationale:
    "Anyone who may edit the bucket's policy or ACLs can open it to the internet, and nothing holds them back.",
  remediation:
    "Switch on all four Block Public Access settings on the bucket, or once on the account, which then holds for every bucket.",
  controls: {
    "cis_aws_3.0": ["2.1.4"],
    "cis_aws_5.0": ["2.1.4"],
    aws_fsbp: ["S3.8"],
    "cis_aws_4.0": ["2.1.4"],
    "cis_aws_6.0": ["3.1.4"],
    "cis_aws_7.0": ["3.1.4"],
  },
  params: {},
  judge({ name, nativeId, attributes: { publicAccessBlock: own } }, context) {
    const account = context.others("s3.accountPublicAccessBlocks")[0]?.attributes.publicAccessBlock;
    const off = settingsOff(own, account);
    if (off.length === 0) return { status: "pass" };
    if (own === undefined)
      return { status: "unknown", reason: "s3:GetPublicAccessBlock of the bucket could not be read" };
    if (account === undefined) {
      return { status: "unknown", reason: "The account's s3control:GetPublicAccessBlock could not be read" };
    }
    return {
      status: "fail",
      summary: `Public access to bucket ${name ?? nativeId} is not blocked in full, off are: ${off.join(", ")}.`,
      details: { settingsOff: off },
      evidence: [
        { call: "s3:GetPublicAccessBlock", field: "PublicAccessBlockConfiguration", value: own },
        { call: "s3control:GetPublicAccessBlock", field: "PublicAccessBlockConfiguration", value: account },
      ],
    };
  },
};

export const wholeBlock: PublicAccessBlock = {
  blockPublicAcls: true,
  ignorePublicAcls: true,
  blockPublicPolicy: true,
  restrictPublicBuckets: true,
};
export const partBlock: PublicAccessBlock = { ...wholeBlock, restrictPublicBuckets: false };
export const noBlock: PublicAccessBlock = {
  blockPublicAcls: false,
  ignorePublicAcls: false,
  blockPublicPolicy: false,
  restrictPublicBuckets: false,
};

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
      publicAccessBlock: wholeBlock,
      policy: null,
      versioning: null,
      mfaDelete: false,
      logging: null,
      encryption: [{ algorithm: "AES256", kmsKeyId: null, bucketKeyEnabled: false }],
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

export const examples = (): Examples<"s3.buckets"> => {
  const account = (block: PublicAccessBlock | null | undefined) => ({
    "s3.accountPublicAccessBlocks": [exampleAccount(block)],
  });
  const bucket = (block: PublicAccessBlock | null | undefined) => exampleBucket({ publicAccessBlock: block });
  return {
    pass: [
      { name: "the bucket blocks all", found: bucket(wholeBlock), others: account(null) },
      { name: "the account blocks all", found: bucket(null), others: account(wholeBlock) },
      { name: "the account blocks all, the bucket is denied", found: bucket(undefined), others: account(wholeBlock) },
      { name: "the bucket blocks all, the account is denied", found: bucket(wholeBlock), others: account(undefined) },
      {
        name: "bucket and account complete each other",
        found: bucket(partBlock),
        others: account({ ...noBlock, restrictPublicBuckets: true }),
      },
    ],
    fail: [
      { name: "nothing set anywhere", found: bucket(null), others: account(null) },
      {
        name: "the same setting is off on both",
        found: bucket(partBlock),
        others: account(partBlock),
        expect: { severity: "high", details: { settingsOff: ["restrictPublicBuckets"] } },
      },
    ],
    unknown: [
      { name: "the bucket is denied", found: bucket(undefined), others: account(partBlock) },
      { name: "the account is denied", found: bucket(partBlock), others: account(undefined) },
    ],
  };
};
