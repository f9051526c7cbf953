import type { About, Check, Examples } from "#checks/check";
import { exampleAccount, exampleBlocks, exampleBucket } from "./examples.ts";
import { settingsOff } from "./shared.ts";

export const check: Check<"s3.accountPublicAccessBlocks", object, "s3.buckets"> = {
  id: "s3_account_public_access_block_off",
  severity: "high",
  category: "security",
  domain: "data_protection",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["s3.accountPublicAccessBlocks"],
  reads: ["s3.buckets"],
  condense: {
    "s3.buckets": ({ attributes: { publicAccessBlock } }) => ({ publicAccessBlock }),
    "s3.accountPublicAccessBlocks": ({ attributes: { publicAccessBlock } }) => ({ publicAccessBlock }),
  },
  decisive: ["settingsOff"],
  params: {},
  judge({ attributes: { publicAccessBlock: block } }, context) {
    if (block === undefined) {
      return { status: "unknown", reason: "The account's s3control:GetPublicAccessBlock could not be read" };
    }
    const off = settingsOff(block);
    if (off.length === 0) return { status: "pass" };
    const everyBucket = context
      .others("s3.buckets")
      .every((bucket) => settingsOff(bucket.attributes.publicAccessBlock).length === 0);
    return {
      status: "fail",
      severity: everyBucket ? "medium" : "high",
      summary:
        block === null
          ? "S3 Block Public Access was never set for this account."
          : `S3 Block Public Access of this account leaves off: ${off.join(", ")}.`,
      details: { settingsOff: off, everyBucketHasItsOwn: everyBucket },
      evidence: [{ call: "s3control:GetPublicAccessBlock", field: "PublicAccessBlockConfiguration", value: block }],
    };
  },
};

export const about: About = {
  title: "The account does not block public access to all of its S3 buckets",
  rationale:
    "Without the account-wide switch every bucket stands on its own: one careless policy or ACL, today or on a bucket made tomorrow, opens data to the world.",
  remediation:
    "Find the buckets that serve the public on purpose and move them behind CloudFront, then switch on all four Block Public Access settings for the account.",
  controls: {
    "cis_aws_3.0": ["2.1.4"],
    "cis_aws_5.0": ["2.1.4"],
    aws_fsbp: ["S3.1"],
    nist_800_53_r5: [
      "ac_2_6",
      "ac_3",
      "ac_3_7",
      "ac_4_21",
      "ac_6",
      "ac_17_1",
      "ac_17_4_a",
      "ac_17_9",
      "ac_17_10",
      "ac_17_b",
      "cm_6_a",
      "cm_9_b",
      "mp_2",
      "sc_7_2",
      "sc_7_3",
      "sc_7_7",
      "sc_7_9_a",
      "sc_7_11",
      "sc_7_12",
      "sc_7_16",
      "sc_7_20",
      "sc_7_21",
      "sc_7_24_b",
      "sc_7_25",
      "sc_7_26",
      "sc_7_27",
      "sc_7_28",
      "sc_7_a",
      "sc_7_b",
      "sc_7_c",
      "sc_25",
    ],
    "pci_dss_4.0": ["1.2.8", "1.3.1", "1.3.2", "1.4.2", "1.5.1", "3.5.1.3", "10.3.2", "A1.1.2", "A1.1.3", "A3.4.1"],
    iso_27001_2022: ["A.8.1"],
    hipaa: ["164_308_a_1_ii_b", "164_308_a_3_i"],
    "cis_aws_4.0": ["2.1.4"],
    "cis_aws_6.0": ["3.1.4"],
    "cis_aws_7.0": ["3.1.4"],
  },
};

export const examples = (): Examples<"s3.accountPublicAccessBlocks"> => {
  const { whole, part, none } = exampleBlocks();
  return {
    pass: [{ name: "all four settings are on", found: exampleAccount(whole), others: { "s3.buckets": [] } }],
    fail: [
      {
        name: "never set, one bucket without its own block",
        found: exampleAccount(null),
        others: {
          "s3.buckets": [exampleBucket({ publicAccessBlock: whole }), exampleBucket({ publicAccessBlock: null })],
        },
        expect: { severity: "high", details: { everyBucketHasItsOwn: false } },
      },
      {
        name: "one setting off, every bucket has its own block",
        found: exampleAccount(part),
        others: { "s3.buckets": [exampleBucket({ publicAccessBlock: whole })] },
        expect: { severity: "medium", details: { settingsOff: ["restrictPublicBuckets"], everyBucketHasItsOwn: true } },
      },
      {
        name: "all off, the block of a bucket could not be read",
        found: exampleAccount(none),
        others: { "s3.buckets": [exampleBucket({ publicAccessBlock: undefined })] },
        expect: { severity: "high" },
      },
    ],
    unknown: [{ name: "denied", found: exampleAccount(undefined), others: { "s3.buckets": [] } }],
  };
};
