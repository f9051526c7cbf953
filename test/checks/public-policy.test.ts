import { describe, it } from "vitest";
import { accountGrants, actionsOf, allows, publicGrants, serviceGrants } from "#checks/public-policy";
import { PolicyDocument } from "#collectors/policy";

const own = "111122223333";
const other = "444455556666";
const resource = "arn:aws:sqs:eu-west-1:111122223333:orders";
type Statement = Readonly<Record<string, unknown>>;

const allow = (more: Statement = {}): Statement => ({
  Effect: "Allow",
  Principal: "*",
  Action: "sqs:*",
  Resource: resource,
  ...more,
});
const when = (operator: string, key: string, value: string | readonly string[]): Statement => ({
  Condition: { [operator]: { [key]: value } },
});
const deny = (more: Statement = {}): Statement => ({ ...allow(), Effect: "Deny", Action: "*", Resource: "*", ...more });
const policy = (...statements: readonly Statement[]) => PolicyDocument.parse({ Statement: statements });
const isPublic = (...statements: readonly Statement[]): boolean => publicGrants(policy(...statements)).length > 0;

describe("what a policy lets anybody do", () => {
  const opened: readonly (readonly [string, ...Statement[]])[] = [
    ["everyone", allow()],
    ["everyone, in AWS's other spelling", allow({ Principal: { AWS: "*" } })],
    ["everyone among others", allow({ Principal: { AWS: [other, "*"] } })],
    ["everyone but one", allow({ Principal: undefined, NotPrincipal: { AWS: other } })],
    ["a condition that says nothing about who asks", allow(when("Bool", "aws:SecureTransport", "true"))],
    ["any VPC endpoint", allow(when("StringLike", "aws:SourceVpce", "vpce-*"))],
    ["an account that anybody can be", allow(when("StringLike", "aws:PrincipalAccount", "*"))],
    ["the asker's own account", allow(when("StringEquals", "aws:SourceAccount", "${aws:PrincipalAccount}"))],
    ["a role's name in any account", allow(when("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/admin"))],
    ["topics of anybody", allow(when("ArnLike", "aws:SourceArn", "arn:aws:sns:eu-west-1:*:orders"))],
    ["buckets whose name begins so", allow(when("ArnLike", "aws:SourceArn", "arn:aws:s3:::orders-*"))],
    ["one known account and any other", allow(when("StringLike", "aws:PrincipalAccount", [own, "*"]))],
    ["a tag anybody can give themselves", allow(when("StringEquals", "aws:PrincipalTag/team", "orders"))],
    ["all but one organization", allow(when("StringNotEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5"))],
    ["the organization, or none", allow(when("StringEqualsIfExists", "aws:PrincipalOrgID", "o-a1b2c3d4e5"))],
    ["all of no values", allow(when("ForAllValues:StringEquals", "aws:PrincipalOrgPaths", "o-a1b2c3d4e5/r-1/"))],
    ["every address", allow(when("IpAddress", "aws:SourceIp", "0.0.0.0/0"))],
    ["every IPv6 address", allow(when("IpAddress", "aws:SourceIp", ["203.0.113.0/24", "::/0"]))],
    ["too wide a range", allow(when("IpAddress", "aws:SourceIp", "8.0.0.0/7"))],
    ["too wide a range of IPv6", allow(when("IpAddress", "aws:SourceIp", "2001::/31"))],
    ["a service on somebody's behalf", allow(when("StringEquals", "kms:ViaService", "s3.eu-west-1.amazonaws.com"))],
    ["not by mount targets", allow(when("Bool", "elasticfilesystem:AccessedViaMountTarget", "false"))],
    ["a refusal of plain HTTP", allow(), deny(when("Bool", "aws:SecureTransport", "false"))],
    ["a refusal of one account", allow(), deny({ Principal: { AWS: other } })],
    ["a refusal of other actions", allow(), deny({ Action: "sqs:DeleteQueue" })],
    ["a refusal of another resource", allow(), deny({ Resource: `${resource}-2` })],
    ["a refusal of some resources", allow({ Resource: undefined, NotResource: "x" }), deny({ Resource: resource })],
    ["a refusal of one organization", allow(), deny(when("StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5"))],
    [
      "a refusal of strangers that lets browsers through",
      allow(),
      deny({
        Condition: {
          StringNotEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" },
          StringNotLike: { "aws:UserAgent": "Mozilla*" },
        },
      }),
    ],
  ];
  it.for(opened)("is something: %s", ([, ...statements], { expect }) => {
    expect(isPublic(...statements)).toBe(true);
  });

  const closed: readonly (readonly [string, ...Statement[]])[] = [
    ["one account", allow({ Principal: { AWS: other } })],
    ["a service", allow({ Principal: { Service: "sns.amazonaws.com" } })],
    ["a refusal alone", deny()],
    ["the owner's account", allow(when("StringEquals", "AWS:SourceOwner", own))],
    ["names in any case", allow(when("STRINGEQUALS", "kms:calleraccount", own))],
    ["the account the thing is in", allow(when("StringEquals", "aws:SourceAccount", "${aws:ResourceAccount}"))],
    ["a role by any session", allow(when("StringLike", "aws:userid", "AROAEXAMPLEEXAMPLE0001:*"))],
    ["roles of one account", allow(when("ArnLike", "aws:PrincipalArn", `arn:aws:iam::${other}:role/*`))],
    ["a topic", allow(when("ArnEquals", "aws:SourceArn", `arn:aws:sns:*:${other}:*`))],
    ["a bucket", allow(when("ArnLike", "aws:SourceArn", "arn:aws:s3:*:*:orders"))],
    ["a bucket's objects", allow(when("ArnLike", "aws:SourceArn", "arn:aws:s3:::orders/*"))],
    ["an organization", allow(when("StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5"))],
    ["a part of it", allow(when("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-a1b2c3d4e5/r-1/*"))],
    ["a VPC", allow(when("StringEquals", "aws:SourceVpc", "vpc-0a"))],
    ["addresses", allow(when("IpAddress", "aws:SourceIp", ["203.0.113.9", "10.0.0.0/8", "2001:db8::/32"]))],
    ["by mount targets", allow(when("Bool", "elasticfilesystem:AccessedViaMountTarget", "true"))],
    ["refused to everyone", allow(), deny()],
    ["refused to everyone by another name", allow({ Action: "*" }), deny({ Action: "sqs:*" })],
    ["refused to all but one", allow(), deny({ Principal: undefined, NotPrincipal: { AWS: own } })],
    ["refused to strangers", allow(), deny(when("StringNotEqualsIfExists", "aws:PrincipalOrgID", "o-a1b2c3d4e5"))],
    [
      "refused to strangers who are no service",
      allow(),
      deny({
        Condition: {
          StringNotEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" },
          NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" },
          BoolIfExists: { "aws:PrincipalIsAWSService": "false" },
        },
      }),
    ],
    ["a trust policy refused to all", allow({ Resource: undefined }), deny({ Resource: undefined })],
  ];
  it.for(closed)("is nothing: %s", ([, ...statements], { expect }) => {
    expect(isPublic(...statements)).toBe(false);
  });

  it("is nothing without a policy", ({ expect }) => {
    expect(publicGrants(null)).toEqual([]);
  });

  it("is told by actions", ({ expect }) => {
    const grants = publicGrants(
      policy(
        allow({ Action: ["SQS:Receive*", "sqs:SendMessage", "sqs:AddPermission"] }),
        allow({ Action: undefined, NotAction: "sqs:DeleteQueue" }),
        deny({ Action: ["sqs:AddPermission", "sqs:PurgeQueue"] }),
      ),
    );
    expect(actionsOf(grants)).toEqual(["*", "SQS:Receive*", "sqs:SendMessage"]);
    const may = (action: string) => grants.map((grant) => allows(grant, action));
    expect(may("sqs:ReceiveMessage")).toEqual([true, true]);
    expect(may("sqs:GetQueueUrl")).toEqual([false, true]);
    expect(may("sqs:DeleteQueue")).toEqual([false, false]);
    expect(may("sqs:PurgeQueue")).toEqual([false, false]);
  });

  it("takes back what a Deny does not except", ({ expect }) => {
    const [grant] = publicGrants(policy(allow(), deny({ Action: undefined, NotAction: "sqs:Get*" })));
    expect(grant && allows(grant, "sqs:GetQueueUrl")).toBe(true);
    expect(grant && allows(grant, "sqs:SendMessage")).toBe(false);
  });
});

it("tells what other accounts may do", ({ expect }) => {
  const third = "777788889999";
  const grants = accountGrants(
    policy(
      allow({ Principal: { AWS: [own, `arn:aws:iam::${other}:role/reader`, "AIDAEXAMPLEGONE000001"] } }),
      allow({ Action: "sqs:SendMessage", ...when("StringEquals", "aws:PrincipalAccount", [third, own]) }),
      allow({ Principal: { Service: "sns.amazonaws.com" } }),
      allow({ Principal: { AWS: third }, Action: "sqs:PurgeQueue" }),
      allow(),
      deny({ Action: "sqs:PurgeQueue" }),
      deny(when("StringNotEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5")),
    ),
    own,
  );
  expect(grants.map(({ account, actions }) => ({ account, actions }))).toEqual([
    { account: other, actions: ["sqs:*"] },
    { account: third, actions: ["sqs:SendMessage"] },
  ]);
});

it("tells which services anybody may send", ({ expect }) => {
  const sns = { Principal: { Service: ["sns.amazonaws.com"] } };
  const grants = serviceGrants(
    policy(
      allow(sns),
      allow({ ...sns, ...when("ArnLike", "aws:SourceArn", `arn:aws:sns:*:${own}:*`) }),
      allow({ ...sns, ...when("StringEquals", "aws:SourceOrgID", "o-a1b2c3d4e5") }),
    ),
  );
  expect(grants.map(({ services }) => services)).toEqual([["sns.amazonaws.com"]]);
  expect(serviceGrants(policy(allow()))).toEqual([]);
});
