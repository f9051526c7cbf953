import { AwsError, escapeXml, queryAnswer } from "../answers.ts";
import { text, type Call, type Operation } from "../calls.ts";
import { textOf } from "../fragments.ts";
import { windowOf, type Paging } from "../paging.ts";
import { present, presentOne, sliceOf, type Presented } from "../present.ts";
import { countOf, daysBefore, isBusy, numbersOf, policyOf, tagsOf, xmlOf, type ThingService } from "./thing.ts";

/** Source: IAM API 2010-05-08. */
const paging: Paging = { token: "Marker", limit: "MaxItems", byDefault: 100, min: 1, max: 1000 };

const groups = "iam.groups";
const roles = "iam.roles";
const policies = "iam.policies";
const credentials = "iam.serviceSpecificCredentials";

const arnOf = ({ account }: Call, rest: string): string => `arn:aws:iam::${account.id}:${rest}`;
const idOf = (prefix: string, n: number): string => `${prefix}EXAMPLE${String(n).padStart(10, "0")}`;
/** IAM writes documents percent-encoded. */
const documentOf = (statement: object): string => encodeURIComponent(policyOf(statement));

const reading = { Effect: "Allow", Action: ["s3:GetObject", "s3:ListBucket"], Resource: "*" };
const everything = { Effect: "Allow", Action: "*", Resource: "*" };

/** Users, groups and roles have the policy of their own number attached, if there is one; of users every fifth. */
const attached = (call: Call, n: number) => ({
  member:
    n < countOf(call, policies) ? [{ PolicyName: `policy-${n}`, PolicyArn: arnOf(call, `policy/policy-${n}`) }] : [],
});
const hasOwnPolicy = (user: number): boolean => user % 5 === 0;

const userDetail = (call: Call, { fragment, index }: Presented) => ({
  ...Object.fromEntries(
    ["Path", "UserName", "UserId", "Arn", "CreateDate"].map((name) => [name, textOf(fragment, name)] as const),
  ),
  UserPolicyList: {},
  GroupList: { member: countOf(call, groups) > 0 ? [`group-${index % countOf(call, groups)}`] : [] },
  AttachedManagedPolicies: hasOwnPolicy(index) ? attached(call, index) : {},
  Tags: {},
});

/** Every seventh has an inline policy that allows everything. */
const groupDetail = (call: Call, n: number) => ({
  Path: "/",
  GroupName: `group-${n}`,
  GroupId: idOf("AGPA", n),
  Arn: arnOf(call, `group/group-${n}`),
  CreateDate: daysBefore(call, 500),
  GroupPolicyList: {
    member: n % 7 === 6 ? [{ PolicyName: "administration", PolicyDocument: documentOf(everything) }] : [],
  },
  AttachedManagedPolicies: attached(call, n),
});

/** Every seventh may be assumed by another account, every fifth has an inline policy; idle ones were never used. */
const roleDetail = (call: Call, n: number) => ({
  Path: "/",
  RoleName: `role-${n}`,
  RoleId: idOf("AROA", n),
  Arn: arnOf(call, `role/role-${n}`),
  CreateDate: daysBefore(call, 400),
  AssumeRolePolicyDocument: documentOf({
    Effect: "Allow",
    Principal: n % 7 === 6 ? { AWS: "arn:aws:iam::999988887777:root" } : { Service: "ec2.amazonaws.com" },
    Action: "sts:AssumeRole",
  }),
  InstanceProfileList: {},
  RolePolicyList: { member: n % 5 === 4 ? [{ PolicyName: "reading", PolicyDocument: documentOf(reading) }] : [] },
  AttachedManagedPolicies: attached(call, n),
  Tags: { member: tagsOf(n) },
  RoleLastUsed: isBusy(n) ? { LastUsedDate: daysBefore(call, 2), Region: call.region } : {},
});

/** To how many a policy is attached: see `attached`. */
function attachmentsOf(call: Call, n: number): number {
  const isUsers = n < sliceOf(call.account, "user").count && hasOwnPolicy(n);
  return Number(isUsers) + Number(n < countOf(call, groups)) + Number(n < countOf(call, roles));
}

/** Every seventh allows everything. */
const policyDetail = (call: Call, n: number) => ({
  PolicyName: `policy-${n}`,
  PolicyId: idOf("ANPA", n),
  Arn: arnOf(call, `policy/policy-${n}`),
  Path: "/",
  DefaultVersionId: "v2",
  AttachmentCount: attachmentsOf(call, n),
  PermissionsBoundaryUsageCount: 0,
  IsAttachable: true,
  CreateDate: daysBefore(call, 450),
  UpdateDate: daysBefore(call, 90),
  PolicyVersionList: {
    member: [
      {
        VersionId: "v2",
        IsDefaultVersion: true,
        Document: documentOf(n % 7 === 6 ? everything : reading),
        CreateDate: daysBefore(call, 90),
      },
      { VersionId: "v1", IsDefaultVersion: false, Document: documentOf(everything), CreateDate: daysBefore(call, 450) },
    ],
  },
});

interface DetailList {
  readonly filter: string;
  readonly element: string;
  readonly count: (call: Call) => number;
  readonly part: (call: Call, part: { readonly from: number; readonly to: number }) => readonly object[];
}

const thingList = (
  filter: string,
  element: string,
  kind: string,
  detail: (call: Call, n: number) => object,
): DetailList => ({
  filter,
  element,
  count: (call) => countOf(call, kind),
  part: (call, { from, to }) => Array.from({ length: Math.max(0, to - from) }, (_, at) => detail(call, from + at)),
});

/** In the order in which pages go through them. */
const detailLists: readonly DetailList[] = [
  {
    filter: "User",
    element: "UserDetailList",
    count: ({ account }) => sliceOf(account, "user").count,
    part: (call, part) =>
      present(call.account, sliceOf(call.account, "user"), part).map((user) => userDetail(call, user)),
  },
  thingList("Group", "GroupDetailList", groups, groupDetail),
  thingList("Role", "RoleDetailList", roles, roleDetail),
  thingList("LocalManagedPolicy", "Policies", policies, policyDetail),
];

/** One page goes over all kinds that are asked for; lists of the others are empty. AWS's own policies are left out. */
const authorizationDetails: Operation = (call) => {
  const asked = Object.entries(call.input).flatMap(([name, value]) =>
    name.startsWith("Filter.member.") ? [value] : [],
  );
  const counts = detailLists.map((one) => (asked.length === 0 || asked.includes(one.filter) ? one.count(call) : 0));
  const total = counts.reduce((sum, count) => sum + count, 0);
  const window = windowOf(call, total, paging);
  let before = 0;
  const lists = detailLists.map(({ element, part }, at): [string, object] => {
    const count = counts[at] ?? 0;
    const member = part(call, { from: Math.max(0, window.from - before), to: Math.min(count, window.to - before) });
    before += count;
    return [element, { member }];
  });
  const end = { IsTruncated: window.next !== undefined, Marker: window.next };
  return queryAnswer("iam", call.action, xmlOf({ ...Object.fromEntries(lists), ...end }));
};

/** Credentials are spread over the users there are. */
function credentialOf(call: Call, n: number) {
  const users = sliceOf(call.account, "user");
  const user = presentOne(call.account, users, n % Math.max(1, users.count));
  const UserName = user?.id ?? `user-${n}`;
  const isBedrock = n % 2 === 0;
  return {
    UserName,
    Status: n % 5 === 4 ? "Inactive" : "Active",
    ServiceUserName: isBedrock ? undefined : `${UserName}-at-${call.account.id}`,
    ServiceCredentialAlias: isBedrock ? `${UserName}-at-${call.account.id}` : undefined,
    CreateDate: daysBefore(call, 60),
    ExpirationDate: n % 7 === 0 ? undefined : daysBefore(call, -120),
    ServiceSpecificCredentialId: idOf("ACCA", n),
    ServiceName: isBedrock ? "bedrock.amazonaws.com" : "codecommit.amazonaws.com",
  };
}

/** Those of all users or of the one named. */
const serviceSpecificCredentials: Operation = (call) => {
  const userName = text(call, "UserName") ?? "";
  const isAll = text(call, "AllUsers") === "true";
  const users = sliceOf(call.account, "user");
  if (!isAll && !present(call.account, users, { from: 0, to: users.count }).some(({ id }) => id === userName)) {
    throw new AwsError("NoSuchEntity", 404, `The user with name ${escapeXml(userName)} cannot be found.`);
  }
  const all = numbersOf(call, credentials).map((n) => credentialOf(call, n));
  const own = isAll ? all : all.filter((one) => one.UserName === userName);
  const { from, to, next } = windowOf(call, own.length, paging);
  const ServiceSpecificCredentials = { member: own.slice(from, to) };
  const end = { IsTruncated: next !== undefined, Marker: next };
  return queryAnswer("iam", call.action, xmlOf({ ServiceSpecificCredentials, ...end }));
};

const named = (path: string) => ({
  isGlobal: true as const,
  arnOf: (call: Call, n: number) => arnOf(call, `${path}-${n}`),
});

export const iam: ThingService = {
  operations: {
    GetAccountAuthorizationDetails: authorizationDetails,
    ListServiceSpecificCredentials: serviceSpecificCredentials,
  },
  kinds: {
    [groups]: named("group/group"),
    [roles]: named("role/role"),
    [policies]: { ...named("policy/policy"), isTagged: true },
    [credentials]: { isGlobal: true, arnOf: (_, n) => idOf("ACCA", n) },
  },
};
