import type { About, Check, Examples } from "#checks/check";
import type { PublicAccessBlock } from "#collectors/s3/shapes";
import { exampleAccount, exampleBlocks, exampleBucket } from "./examples.ts";
import { settingsOff } from "./shared.ts";

export const check: Check<"s3.buckets", object, "s3.accountPublicAccessBlocks"> = {
  id: "s3_bucket_public_access_block_off",
  severity: "high",
  category: "security",
  domain: "data_protection",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["s3.buckets"],
  reads: ["s3.accountPublicAccessBlocks"],
  condense: {
    "s3.buckets": ({ attributes: { publicAccessBlock } }) => ({ publicAccessBlock }),
    "s3.accountPublicAccessBlocks": ({ attributes: { publicAccessBlock } }) => ({ publicAccessBlock }),
  },
  decisive: ["settingsOff"],
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

export const about: About = {
  title: "Neither the bucket nor its account blocks public access in full",
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
};

export const examples = (): Examples<"s3.buckets"> => {
  const { whole, part, none } = exampleBlocks();
  const account = (block: PublicAccessBlock | null | undefined) => ({
    "s3.accountPublicAccessBlocks": [exampleAccount(block)],
  });
  const bucket = (block: PublicAccessBlock | null | undefined) => exampleBucket({ publicAccessBlock: block });
  return {
    pass: [
      { name: "the bucket blocks all", found: bucket(whole), others: account(null) },
      { name: "the account blocks all", found: bucket(null), others: account(whole) },
      { name: "the account blocks all, the bucket is denied", found: bucket(undefined), others: account(whole) },
      { name: "the bucket blocks all, the account is denied", found: bucket(whole), others: account(undefined) },
      {
        name: "bucket and account complete each other",
        found: bucket(part),
        others: account({ ...none, restrictPublicBuckets: true }),
      },
    ],
    fail: [
      { name: "nothing set anywhere", found: bucket(null), others: account(null) },
      {
        name: "the same setting is off on both",
        found: bucket(part),
        others: account(part),
        expect: { severity: "high", details: { settingsOff: ["restrictPublicBuckets"] } },
      },
    ],
    unknown: [
      { name: "the bucket is denied", found: bucket(undefined), others: account(part) },
      { name: "the account is denied", found: bucket(part), others: account(undefined) },
    ],
  };
};
