import type { About, Check, Examples } from "#checks/check";
import { exampleStatement } from "#checks/examples";
import { oncePerList } from "#checks/once";
import { accountGrants, actionsOf, isLimited, isToEveryone } from "#checks/public-policy";
import type { PolicyStatement } from "#collectors/policy";
import type { FoundBy } from "#collectors/registry";
import { exampleBucket } from "./examples.ts";
import { isReading } from "./shared.ts";

interface Params {
  /** Account ids of partners, and of accounts of one's own that the organization does not tell. */
  readonly trustedAccountIds: readonly string[];
}

export const check: Check<"s3.buckets", Params, "organizations.accounts" | "organizations.organizations"> = {
  id: "s3_bucket_cross_account",
  severity: "high",
  category: "security",
  domain: "data_protection",
  effort: "medium",
  confidence: 0.9,
  drift: true,
  resources: ["s3.buckets"],
  reads: ["organizations.accounts", "organizations.organizations"],
  condense: {
    "s3.buckets": ({ attributes: { policy } }) => ({ policy }),
    "organizations.accounts": ({ attributes: { accountId } }) => ({ accountId }),
    "organizations.organizations": ({ attributes: { managementAccountId } }) => ({ managementAccountId }),
  },
  decisive: ["accountIds", "access"],
  params: { trustedAccountIds: [] },
  judge({ name, nativeId, attributes: { policy } }, context) {
    if (policy === undefined) return { status: "unknown", reason: "s3:GetBucketPolicy could not be read" };
    const members = memberIds(context.others("organizations.accounts"));
    const [organization] = context.others("organizations.organizations");
    const { trustedAccountIds } = context.params;
    const management = organization?.attributes.managementAccountId;
    const grants = accountGrants(policy, context.place.awsAccountId).filter(
      ({ account, statement }) =>
        account !== management &&
        !members.has(account) &&
        !trustedAccountIds.includes(account) &&
        !context.ownAccounts.has(account) &&
        !loadBalancing.has(account) &&
        !isAmongOwn(statement),
    );
    if (grants.length === 0) return { status: "pass" };
    const accountIds = [...new Set(grants.map(({ account }) => account))].toSorted();
    const actions = actionsOf(grants);
    const access = actions.every(isReading) ? "read" : "write";
    return {
      status: "fail",
      severity: access === "read" ? "medium" : "high",
      summary: `The policy of bucket ${name ?? nativeId} lets ${accountIds.join(", ")} ${access === "read" ? "read" : "read or change"} it.`,
      details: { accountIds, access, actions },
      evidence: [
        {
          call: "s3:GetBucketPolicy",
          field: "Policy.Statement",
          value: [...new Set(grants.map(({ statement }) => statement))],
        },
      ],
    };
  },
};

const memberIds = oncePerList(
  (accounts: readonly FoundBy<"organizations.accounts">[]): ReadonlySet<string> =>
    new Set(accounts.map(({ attributes }) => attributes.accountId)),
);

/** Only members of an organization, or a service on behalf of a known account, get in. */
const isAmongOwn = (statement: PolicyStatement): boolean =>
  !isToEveryone(statement) &&
  isLimited({ ...statement, conditions: statement.conditions.filter(({ key }) => ownKeys.test(key)) });
const ownKeys = /^aws:(principalorg(id|paths)|sourceorg(id|paths)|sourceaccount)$/i;

/** Elastic Load Balancing writes access logs from accounts of AWS's. Source: ELB user guide, "Enable access logs". */
const loadBalancing: ReadonlySet<string> = new Set(
  (
    "127311923021 033677994240 027434742980 797873946194 098369216593 754344448648 589379963580 718504428378 " +
    "383597477331 600734575887 114774131450 783225319266 582318560864 985666609251 054676820928 156460612806 " +
    "652711504416 635631232127 009996457667 897822967062 076674570225 507241528517 048591011584 190560391635"
  ).split(" "),
);

export const about: About = {
  title: "The bucket's policy lets an account in that nobody vouched for",
  rationale:
    "How well that account is guarded is not in your hands, and such grants outlive the project or supplier they were made for.",
  remediation:
    "Take the statement out if nobody needs it. Else name the one role that does, and enter the account among the trusted ones of this check.",
  controls: {
    aws_fsbp: ["S3.6", "S3.7"],
    "pci_dss_4.0": ["7.2.1", "7.2.2", "7.2.5", "7.2.6", "7.3.1", "7.3.2", "7.3.3", "8.2.7", "8.2.8", "8.3.4", "10.6.3"],
  },
};

export const examples = (): Examples<"s3.buckets", Params> => {
  const partner = "444455556666";
  const statement = (more: Partial<PolicyStatement> = {}) =>
    exampleStatement({ principals: { AWS: [`arn:aws:iam::${partner}:root`] }, actions: ["s3:*"], ...more });
  const bucket = (...policy: readonly PolicyStatement[]) => exampleBucket({ policy });
  const when = (key: string, value: string) => ({ conditions: [{ operator: "StringEquals", key, values: [value] }] });
  const organization = (attributes: object) => ({ attributes });
  return {
    pass: [
      { name: "no policy", found: exampleBucket({ policy: null }) },
      {
        name: "its own account",
        found: bucket(statement({ principals: { AWS: ["111122223333", "arn:aws:iam::111122223333:role/app"] } })),
      },
      { name: "a trusted partner", found: bucket(statement()), params: { trustedAccountIds: [partner] } },
      { name: "an account that is connected", found: bucket(statement()), ownAccounts: [partner] },
      {
        name: "a member of the organization",
        found: bucket(statement()),
        others: { "organizations.accounts": [organization({ accountId: partner })] },
      },
      {
        name: "the organization's management account",
        found: bucket(statement()),
        others: { "organizations.organizations": [organization({ managementAccountId: partner })] },
      },
      { name: "only as a member", found: bucket(statement(when("aws:PrincipalOrgID", "o-a1b2c3d4e5"))) },
      {
        name: "everyone: reported elsewhere",
        found: bucket(statement({ principals: { AWS: ["*"] } })),
      },
      {
        name: "a load balancer's logs",
        found: bucket(
          statement({ principals: { AWS: ["arn:aws:iam::156460612806:root"] }, actions: ["s3:PutObject"] }),
        ),
      },
      {
        name: "CloudFront",
        found: bucket(
          statement({ principals: { AWS: ["arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"] } }),
        ),
      },
      { name: "refused", found: bucket(statement({ effect: "Deny" })) },
    ],
    fail: [
      {
        name: "everything",
        found: bucket(statement()),
        others: { "organizations.accounts": [organization({ accountId: "777788889999" })] },
        expect: { severity: "high", details: { accountIds: [partner], access: "write", actions: ["s3:*"] } },
      },
      {
        name: "reading only",
        found: bucket(statement({ actions: ["s3:GetObject", "s3:ListBucket"] })),
        expect: { severity: "medium", details: { access: "read" } },
      },
      {
        name: "two accounts, one may write",
        found: bucket(
          statement({ actions: ["s3:Get*"] }),
          statement({ principals: { AWS: ["222233334444"] }, actions: ["s3:PutObject"] }),
        ),
        expect: { severity: "high", details: { accountIds: ["222233334444", partner] } },
      },
      {
        name: "everyone of one account",
        found: bucket(statement({ principals: { AWS: ["*"] }, ...when("aws:PrincipalAccount", partner) })),
      },
      {
        name: "a condition that says nothing of who asks",
        found: bucket(statement(when("s3:x-amz-acl", "bucket-owner-full-control"))),
      },
      {
        name: "whoever is not a member, too",
        found: bucket(
          statement({
            conditions: [{ operator: "StringNotEquals", key: "aws:PrincipalOrgID", values: ["o-a1b2c3d4e5"] }],
          }),
        ),
      },
    ],
    unknown: [{ name: "denied", found: exampleBucket({ policy: undefined }) }],
  };
};
