import type { PolicyStatement } from "#collectors/policy";
import type { FoundBy } from "#collectors/registry";

/** Alice, who may sign in to the console without MFA and has no keys, but for what is given. */
export const exampleUser = (
  attributes: Partial<FoundBy<"iam.users">["attributes"]> = {},
  observed: Partial<FoundBy<"iam.users">["observed"]> = {},
): FoundBy<"iam.users"> => ({
  nativeId: "arn:aws:iam::123456789012:user/alice",
  arn: "arn:aws:iam::123456789012:user/alice",
  name: "alice",
  state: null,
  tags: {},
  createdAt: "2024-01-01T00:00:00.000Z",
  region: null,
  attributes: {
    userId: "AIDAEXAMPLEALICE00001",
    path: "/",
    passwordEnabled: true,
    passwordChangedAt: "2024-01-01T00:00:00.000Z",
    mfaActive: false,
    virtualMfaSerials: [],
    accessKeys: [],
    groups: [],
    managedPolicyArns: [],
    inlinePolicies: [],
    permissionsBoundaryArn: null,
    ...attributes,
  },
  observed: { passwordLastUsedAt: null, accessKeysLastUsed: [], ...observed },
});

/** An active key of Alice's that was never used, but for what is given. */
export const exampleKey = (
  found: Partial<FoundBy<"iam.accessKeys">> = {},
  lastUsedAt: string | null = null,
): FoundBy<"iam.accessKeys"> => ({
  nativeId: "arn:aws:iam::123456789012:user/alice/access-key/2024-01-01T00:00:00",
  arn: null,
  name: "alice",
  state: "Active",
  tags: {},
  createdAt: "2024-01-01T00:00:00.000Z",
  region: null,
  attributes: { userName: "alice", userArn: "arn:aws:iam::123456789012:user/alice", active: true },
  observed: { lastUsedAt, accessKeyId: "AKIAEXAMPLE000000001" },
  ...found,
});

/** The same, switched off. */
export const exampleInactiveKey = (): FoundBy<"iam.accessKeys"> =>
  exampleKey({ state: "Inactive", attributes: { ...exampleKey().attributes, active: false } });

/** An account whose root user has a password, MFA and no key, but for what is given; when it was at work is not known. */
export const exampleAccount = (
  attributes: Partial<FoundBy<"iam.accounts">["attributes"]> = {},
  observed?: FoundBy<"iam.accounts">["observed"],
): FoundBy<"iam.accounts"> => ({
  nativeId: "arn:aws:iam::123456789012:root",
  arn: "arn:aws:iam::123456789012:root",
  name: null,
  state: null,
  tags: {},
  createdAt: null,
  region: null,
  attributes: {
    accessKeysPresent: false,
    mfaEnabled: true,
    passwordPresent: true,
    virtualMfaSerials: [],
    securityContactEmail: null,
    ...attributes,
  },
  ...(observed && { observed }),
});

/** A certificate uploaded to IAM that ends on this day. */
export const exampleServerCertificate = (notAfter: string | null): FoundBy<"iam.serverCertificates"> => ({
  nativeId: "arn:aws:iam::123456789012:server-certificate/www",
  arn: "arn:aws:iam::123456789012:server-certificate/www",
  name: "www",
  state: null,
  tags: {},
  createdAt: "2024-01-01T00:00:00.000Z",
  expiresAt: notAfter,
  region: null,
  attributes: {
    primaryDomain: null,
    altNames: [],
    notBefore: null,
    notAfter,
    issuer: null,
    algorithm: null,
    source: "iam",
    inUse: null,
    type: null,
    status: null,
    renewalEligibility: null,
    certificateId: "ASCAEXAMPLE0000000001",
    path: "/",
  },
});

const nothing = {
  nativeId: "",
  state: null,
  tags: {},
  createdAt: "2024-01-01T00:00:00.000Z",
  region: null,
};

/** A role that EC2 may assume and that has no policies, but for what is given; last used on 1 May 2026. */
export const exampleRole = (
  attributes: Partial<FoundBy<"iam.roles">["attributes"]> = {},
  { name = "web", lastUsedAt = "2026-05-01T00:00:00.000Z" }: { name?: string; lastUsedAt?: string | null } = {},
): FoundBy<"iam.roles"> => {
  const arn = `arn:aws:iam::111122223333:role${attributes.path ?? "/"}${name}`;
  return {
    ...nothing,
    nativeId: arn,
    arn,
    name,
    attributes: {
      roleId: "AROAEXAMPLEROLE000001",
      path: "/",
      trustPolicy: [exampleTrust({ Service: ["ec2.amazonaws.com"] })],
      managedPolicyArns: [],
      inlinePolicies: [],
      permissionsBoundaryArn: null,
      instanceProfileArns: [],
      ...attributes,
    },
    observed: { lastUsedAt, lastUsedRegion: lastUsedAt && "eu-west-1" },
  };
};

/** A group without policies, but for what is given. */
export const exampleGroup = (
  attributes: Partial<FoundBy<"iam.groups">["attributes"]> = {},
  name = "staff",
): FoundBy<"iam.groups"> => ({
  ...nothing,
  nativeId: `arn:aws:iam::111122223333:group/${name}`,
  arn: `arn:aws:iam::111122223333:group/${name}`,
  name,
  attributes: { groupId: "AGPAEXAMPLEGROUP00001", path: "/", managedPolicyArns: [], inlinePolicies: [], ...attributes },
});

/** A policy of the account's own that is attached to something and holds these statements. */
export const examplePolicy = (
  statements: FoundBy<"iam.policies">["attributes"]["statements"],
  attached: boolean | null = true,
): FoundBy<"iam.policies"> => ({
  ...nothing,
  nativeId: "arn:aws:iam::111122223333:policy/ours",
  arn: "arn:aws:iam::111122223333:policy/ours",
  name: "ours",
  attributes: { policyId: "ANPAEXAMPLEPOLICY0001", path: "/", defaultVersionId: "v1", statements, attached },
  observed: { attachmentCount: attached === null ? null : Number(attached), boundaryCount: 0 },
});

/** Allows everything on everything, but for what is given. */
export const exampleStatement = (statement: Partial<PolicyStatement> = {}): PolicyStatement => ({
  sid: null,
  effect: "Allow",
  principals: {},
  notPrincipals: {},
  actions: ["*"],
  notActions: [],
  resources: ["*"],
  notResources: [],
  conditions: [],
  ...statement,
});

/** Lets these assume a role, on these conditions. */
export const exampleTrust = (
  principals: PolicyStatement["principals"],
  ...conditions: readonly PolicyStatement["conditions"][number][]
): PolicyStatement =>
  exampleStatement({
    principals,
    conditions,
    resources: [],
    actions: [principals["Federated"] ? "sts:AssumeRoleWithWebIdentity" : "sts:AssumeRole"],
  });

export const awsPolicy = (name: string): string => `arn:aws:iam::aws:policy/${name}`;
