import type { About, Check, Examples } from "#checks/check";
import { accountOf } from "#checks/public-policy";
import type { CollectorId, FoundBy } from "#collectors/registry";

interface Params {
  /** Keys of tags, to the letter. */
  readonly requiredTags: readonly string[];
  /** `env=prod`: a value such a tag may have. A key of which none is named may have any value. */
  readonly allowedValues: readonly string[];
}

export const check: Check<CollectorId, Params> = {
  id: "resource_missing_required_tags",
  severity: "low",
  category: "operations",
  domain: "governance",
  effort: "low",
  confidence: 1,
  drift: false,
  resources: "every",
  decisive: ["missing", "notAllowed"],
  params: { requiredTags: [], allowedValues: [] },
  judge({ arn, name, state, tags, tagsUnread }, { params: { requiredTags, allowedValues }, place }) {
    if (requiredTags.length === 0 || arn === null || untaggable.test(arn) || state === "terminated") return null;
    if ((accountOf(arn) ?? place.awsAccountId) !== place.awsAccountId || arn.includes(":iam::aws:")) return null;
    if (tagsUnread) return { status: "unknown", reason: "The tags could not be read" };
    const missing = requiredTags.filter((key) => !Object.hasOwn(tags, key));
    const notAllowed = requiredTags.filter((key) => {
      const allowed = allowedValues.filter((one) => one.startsWith(`${key}=`));
      return !missing.includes(key) && allowed.length > 0 && !allowed.includes(`${key}=${tags[key]}`);
    });
    if (missing.length === 0 && notAllowed.length === 0) return { status: "pass" };
    const faults = [
      ...(missing.length > 0 ? [`lacks ${missing.join(", ")}`] : []),
      ...(notAllowed.length > 0 ? [`has a value that is not allowed for ${notAllowed.join(", ")}`] : []),
    ];
    return {
      status: "fail",
      summary: `${name ?? arn} ${faults.join(" and ")}.`,
      details: { missing, notAllowed },
      evidence: [
        {
          call: "tag:GetResources",
          field: "ResourceTagMappingList[].Tags",
          value: Object.fromEntries(requiredTags.flatMap((key) => (missing.includes(key) ? [] : [[key, tags[key]]]))),
        },
      ],
    };
  },
};

/** What AWS lets nobody tag, or what is tagged under another ARN (machines of EC2 that Systems Manager knows). */
const untaggable =
  /^arn:[^:]*:(iam::\d+:(root|group\/)|config:.*:configuration-recorder\/|securityhub:.*:hub\/|organizations:.*:organization\/|ssm:.*:managed-instance\/i-)/;

/** Something of this ARN, tagged so. */
function exampleOf(
  tags: Readonly<Record<string, string>>,
  arn: string | null = "arn:aws:ec2:eu-west-1:111122223333:volume/vol-0a",
  more: { readonly tagsUnread?: boolean; readonly state?: string } = {},
): FoundBy<CollectorId> {
  const bare = { nativeId: arn ?? "eu-west-1", arn, name: null, state: null, tags, createdAt: null, ...more };
  // safe: this check reads no attributes.
  return { ...bare, attributes: {} } as unknown as FoundBy<CollectorId>;
}

export const about: About = {
  title: "A tag the organization asks for is missing",
  rationale: "Nobody can tell whose it is, what it is for, or which team its cost belongs to.",
  remediation:
    "Tag it where it is defined, in Terraform or CloudFormation. A tag policy of the organization keeps new things from coming without.",
  controls: { iso_27001_2022: ["A.5.13"] },
};

export const examples = (): Examples<CollectorId, Params> => {
  const params = { requiredTags: ["owner", "env"], allowedValues: ["env=prod", "env=dev"] };
  const tagged = { owner: "web", env: "prod" };
  return {
    pass: [
      { name: "tagged", found: exampleOf(tagged), params },
      { name: "any value will do", found: exampleOf({ ...tagged, env: "x" }), params: { requiredTags: ["env"] } },
      { name: "a bucket, whose ARN names no account", found: exampleOf(tagged, "arn:aws:s3:::acme-data"), params },
    ],
    fail: [
      {
        name: "without tags",
        found: exampleOf({}),
        params,
        expect: { severity: "low", details: { missing: ["owner", "env"] } },
      },
      {
        name: "without one of them",
        found: exampleOf({ env: "dev" }),
        params,
        expect: { details: { missing: ["owner"], notAllowed: [] } },
      },
      {
        name: "in other letters",
        found: exampleOf({ ...tagged, owner: "", Env: "prod" }),
        params: { requiredTags: ["Owner"] },
      },
      {
        name: "a value that is not allowed",
        found: exampleOf({ ...tagged, env: "test" }),
        params,
        expect: { details: { missing: [], notAllowed: ["env"] } },
      },
      {
        name: "a snapshot, whose ARN names no account",
        found: exampleOf({}, "arn:aws:ec2:eu-west-1::snapshot/snap-0a"),
        params,
      },
    ],
    unknown: [{ name: "tags denied", found: exampleOf({}, undefined, { tagsUnread: true }), params }],
    notApplicable: [
      { name: "no tags are asked for", found: exampleOf({}) },
      { name: "without an ARN", found: exampleOf({}, null), params },
      { name: "terminated", found: exampleOf({}, undefined, { state: "terminated" }), params },
      { name: "the account itself", found: exampleOf({}, "arn:aws:iam::111122223333:root"), params },
      { name: "a group", found: exampleOf({}, "arn:aws:iam::111122223333:group/admins"), params },
      { name: "a policy of AWS", found: exampleOf({}, "arn:aws:iam::aws:policy/AdministratorAccess"), params },
      {
        name: "another account's",
        found: exampleOf({}, "arn:aws:cloudtrail:eu-west-1:999999999999:trail/org"),
        params,
      },
      {
        name: "a machine of EC2 in Systems Manager",
        found: exampleOf({}, "arn:aws:ssm:eu-west-1:111122223333:managed-instance/i-0a"),
        params,
      },
    ],
  };
};
