import type { About, Check, Examples } from "#checks/check";
import { exampleStatement } from "#checks/examples";
import { actionsOf, publicGrants } from "#checks/public-policy";
import type { Bucket, GroupGrant } from "#collectors/s3/buckets";
import { exampleAccount, exampleBlocks, exampleBucket } from "./examples.ts";
import { isReading, settingsOff } from "./shared.ts";

interface Params {
  /** Tag of buckets that are meant to be read by everyone; what it says does not matter. */
  readonly allowTag: string;
}

export const check: Check<"s3.buckets", Params, "s3.accountPublicAccessBlocks"> = {
  id: "s3_bucket_public",
  severity: "critical",
  category: "security",
  domain: "data_protection",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["s3.buckets"],
  reads: ["s3.accountPublicAccessBlocks"],
  condense: {
    "s3.buckets": ({ attributes: { publicAccessBlock, policy, policyIsPublic, groupGrants } }) => ({
      publicAccessBlock,
      policyIsPublic,
      groupGrants,
      ...(policyIsPublic === true || policyIsPublic === undefined ? { policy } : {}),
    }),
    "s3.accountPublicAccessBlocks": ({ attributes: { publicAccessBlock } }) => ({ publicAccessBlock }),
  },
  decisive: ["access", "by"],
  params: { allowTag: "public-ok" },
  judge({ name, nativeId, tags, attributes }, context) {
    const account = context.others("s3.accountPublicAccessBlocks")[0]?.attributes.publicAccessBlock;
    const blocks = [attributes.publicAccessBlock, account];
    const off = settingsOff(...blocks);
    const byPolicy = off.includes("restrictPublicBuckets") ? isPublicByPolicy(attributes) : false;
    const grants = off.includes("ignorePublicAcls") ? attributes.groupGrants?.filter(isToAnyone) : [];
    const maybe = byPolicy !== false || grants === undefined || grants.length > 0;
    if (!maybe) return { status: "pass" };
    if (blocks.includes(undefined)) return { status: "unknown", reason: "Block Public Access could not be read" };
    const by = [...(byPolicy ? ["policy"] : []), ...(grants && grants.length > 0 ? ["acl"] : [])];
    if (by.length === 0) {
      const call = byPolicy === undefined ? "s3:GetBucketPolicyStatus" : "s3:GetBucketAcl";
      return { status: "unknown", reason: `${call} could not be read` };
    }
    const policyActions = byPolicy ? actionsOf(publicGrants(attributes.policy ?? null)) : [];
    const access = accessOf(policyActions, grants ?? [], byPolicy === true);
    const isMeant = access === "read" && Object.hasOwn(tags, context.params.allowTag);
    return {
      status: "fail",
      severity: isMeant ? "low" : "critical",
      exposure: "internet",
      summary: `Bucket ${name ?? nativeId} is open to everyone by its ${by.join(" and its ").replace("acl", "ACL")}: ${words[access]}.`,
      details: { access, by, policyActions, grants: grants ?? [] },
      variants: access === "write" ? ["write"] : [],
      evidence: [
        { call: "s3:GetBucketPolicyStatus", field: "PolicyStatus.IsPublic", value: attributes.policyIsPublic ?? null },
        { call: "s3:GetBucketAcl", field: "Grants", value: grants ?? null },
        {
          call: "s3:GetPublicAccessBlock",
          field: "PublicAccessBlockConfiguration",
          value: attributes.publicAccessBlock,
        },
        { call: "s3control:GetPublicAccessBlock", field: "PublicAccessBlockConfiguration", value: account },
      ],
    };
  },
};

const words = { write: "objects or settings can be changed", read: "objects can be read", acl: "its ACL can be read" };

/** S3's own word counts where it gives one. */
function isPublicByPolicy({ policyIsPublic, policy }: Bucket): boolean | undefined {
  if (policyIsPublic !== undefined) return policyIsPublic === true;
  return policy === undefined ? undefined : publicGrants(policy).length > 0;
}

const isToAnyone = ({ group }: GroupGrant): boolean => group === "AllUsers" || group === "AuthenticatedUsers";

function accessOf(
  policyActions: readonly string[],
  grants: readonly GroupGrant[],
  byPolicy: boolean,
): keyof typeof words {
  const permissions = grants.map(({ permission }) => permission);
  if (permissions.some((one) => /^(WRITE|WRITE_ACP|FULL_CONTROL)$/.test(one))) return "write";
  if (policyActions.some((action) => !isReading(action))) return "write";
  return byPolicy || permissions.includes("READ") ? "read" : "acl";
}

export const about: About = {
  title: "Everyone on the internet has access to the bucket",
  rationale:
    "Names of buckets are guessed by programs day and night: what is readable is copied, what is writable is filled with malware or held to ransom.",
  remediation:
    "Take everyone out of the policy and the ACL and switch on Block Public Access. Give files that the world may have to CloudFront, which alone reads the bucket.",
  controls: {
    aws_fsbp: ["S3.2"],
    "cis_aws_7.0": ["2.21"],
    hipaa: ["164_308_a_1_ii_b", "164_308_a_3_i", "164_312_a_1", "164_312_a_2_i"],
    iso_27001_2022: ["A.8.1"],
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
    "pci_dss_4.0": [
      "1.2.8",
      "1.3.1",
      "1.3.2",
      "1.4.2",
      "1.5.1",
      "3.5.1.3",
      "10.3.2",
      "10.3.3",
      "10.3.4",
      "A1.1.2",
      "A1.1.3",
      "A1.2.1",
      "A3.4.1",
    ],
    soc2: ["cc_6_1"],
  },
  variants: {
    write: { aws_fsbp: ["S3.3"] },
  },
};

export const examples = (): Examples<"s3.buckets", Params> => {
  const { whole, none } = exampleBlocks();
  const others = { "s3.accountPublicAccessBlocks": [exampleAccount(null)] };
  const statement = (...actions: readonly string[]) => exampleStatement({ actions });
  const acl = (permission: string, group = "AllUsers") => ({ groupGrants: [{ group, permission }] });
  const bucket = (attributes: Parameters<typeof exampleBucket>[0], tags: Readonly<Record<string, string>> = {}) =>
    exampleBucket({ publicAccessBlock: null, ...attributes }, { tags });
  const byPolicy = (...actions: readonly string[]) => ({ policyIsPublic: true, policy: [statement(...actions)] });
  const meant = { "public-ok": "website" };
  const denied = { policyIsPublic: undefined };
  return {
    pass: [
      { name: "private", found: bucket({}), others },
      {
        name: "a policy, and S3 says it is not public",
        found: bucket({ ...byPolicy("s3:*"), policyIsPublic: false }),
        others,
      },
      {
        name: "the bucket blocks",
        found: bucket({ ...byPolicy("s3:*"), ...acl("READ"), publicAccessBlock: whole }),
        others,
      },
      {
        name: "the account blocks, the bucket is denied",
        found: bucket({ ...byPolicy("s3:*"), ...acl("READ"), publicAccessBlock: undefined }),
        others: { "s3.accountPublicAccessBlocks": [exampleAccount(whole)] },
      },
      { name: "S3 may write logs", found: bucket(acl("WRITE", "LogDelivery")), others },
      {
        name: "private, the account is denied",
        found: bucket({}),
        others: { "s3.accountPublicAccessBlocks": [exampleAccount(undefined)] },
      },
      { name: "S3 does not say, the policy is harmless", found: bucket({ ...denied, policy: null }), others },
    ],
    fail: [
      {
        name: "read by policy",
        found: bucket(byPolicy("s3:GetObject")),
        others,
        expect: {
          severity: "critical",
          exposure: "internet",
          variants: [],
          details: { access: "read", by: ["policy"], policyActions: ["s3:GetObject"] },
        },
      },
      { name: "written by policy", found: bucket(byPolicy("s3:Put*")), others, expect: { variants: ["write"] } },
      {
        name: "everything by policy",
        found: bucket(byPolicy("s3:*")),
        others,
        expect: { details: { access: "write" } },
      },
      {
        name: "public, and the policy could not be read",
        found: bucket({ policyIsPublic: true, policy: undefined }),
        others,
        expect: { details: { access: "read", policyActions: [] } },
      },
      {
        name: "S3 does not say, the policy does",
        found: bucket({ ...byPolicy("s3:GetObject"), ...denied }),
        others,
        expect: { details: { access: "read" } },
      },
      {
        name: "read by ACL, although policies are held back",
        found: bucket({
          ...byPolicy("s3:*"),
          ...acl("READ"),
          publicAccessBlock: { ...none, restrictPublicBuckets: true },
        }),
        others,
        expect: { details: { access: "read", by: ["acl"] } },
      },
      { name: "written by ACL", found: bucket(acl("WRITE")), others, expect: { variants: ["write"] } },
      {
        name: "by ACL of every AWS account",
        found: bucket(acl("FULL_CONTROL", "AuthenticatedUsers")),
        others,
        expect: { variants: ["write"] },
      },
      { name: "only the ACL is open", found: bucket(acl("READ_ACP")), others, expect: { details: { access: "acl" } } },
      {
        name: "by both",
        found: bucket({ ...byPolicy("s3:GetObject"), ...acl("READ") }),
        others,
        expect: { details: { by: ["policy", "acl"] } },
      },
      {
        name: "by ACL, S3 says nothing of the policy",
        found: bucket({ ...acl("READ"), ...denied, policy: undefined }),
        others,
      },
      { name: "meant to be read", found: bucket(byPolicy("s3:GetObject"), meant), others, expect: { severity: "low" } },
      {
        name: "meant to be read, and written",
        found: bucket(byPolicy("s3:*"), meant),
        others,
        expect: { severity: "critical" },
      },
      {
        name: "another tag",
        found: bucket(acl("READ"), { website: "yes" }),
        others,
        params: { allowTag: "website" },
        expect: { severity: "low" },
      },
    ],
    unknown: [
      { name: "the policy is denied", found: bucket({ ...denied, policy: undefined }), others },
      { name: "the ACL is denied", found: bucket({ groupGrants: undefined }), others },
      { name: "its own block is denied", found: bucket({ ...acl("READ"), publicAccessBlock: undefined }), others },
      {
        name: "the account's block is denied",
        found: bucket(byPolicy("s3:*")),
        others: { "s3.accountPublicAccessBlocks": [exampleAccount(undefined)] },
      },
    ],
  };
};
