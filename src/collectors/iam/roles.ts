import { z } from "zod";
import type { Collector, Found, Place, Relation } from "#collectors/collector";
import { statementsOf, type PolicyStatement } from "#collectors/policy";
import { date, instant, listOf, part, text } from "#collectors/xml";
import {
  attachedArns,
  boundaryArn,
  detailActions,
  detailPages,
  detailsIn,
  hasPolicies,
  inlinePolicies,
  memberTags,
  type Permissions,
} from "./shapes.ts";

export interface Role extends Permissions {
  readonly roleId: string;
  /** `/aws-service-role/…` and `/aws-reserved/…` belong to AWS. */
  readonly path: string;
  /** Who may assume it. `undefined`: AWS sent a text that is no policy. */
  readonly trustPolicy: readonly PolicyStatement[] | undefined;
  readonly permissionsBoundaryArn: string | null;
  /** Instances are given the role through these. */
  readonly instanceProfileArns: readonly string[];
}

export interface RoleObserved {
  /** null: not in the 400 days AWS looks back. */
  readonly lastUsedAt: string | null;
  readonly lastUsedRegion: string | null;
}

const DetailedRole = z.object({
  RoleName: z.string(),
  RoleId: z.string(),
  Path: z.string(),
  Arn: z.string(),
  CreateDate: date,
  AssumeRolePolicyDocument: z.string(),
  InstanceProfileList: listOf("member", z.object({ Arn: z.string() })),
  RolePolicyList: inlinePolicies,
  AttachedManagedPolicies: attachedArns,
  PermissionsBoundary: boundaryArn,
  Tags: memberTags,
  RoleLastUsed: part({ LastUsedDate: instant, Region: text }),
});

/** Source: IAM API 2010-05-08, GetAccountAuthorizationDetails, asked once for all collectors. */
export const collector: Collector<Role, RoleObserved> = {
  id: "iam.roles",
  service: "iam",
  resourceType: "AWS::IAM::Role",
  scope: "global",
  actions: detailActions,
  async *list({ aws, place }) {
    for await (const page of detailPages(aws, "Role")) {
      yield detailsIn(page, "RoleDetailList", DetailedRole).map((role) => found(role, place));
    }
  },
};

function found(role: z.infer<typeof DetailedRole>, place: Place): Found<Role, RoleObserved> {
  const trustPolicy = statementsOf(role.AssumeRolePolicyDocument);
  return {
    nativeId: role.Arn,
    arn: role.Arn,
    name: role.RoleName,
    state: null,
    tags: role.Tags,
    createdAt: role.CreateDate,
    region: null,
    costMonthly: 0,
    relations: [...hasPolicies(role.AttachedManagedPolicies), ...trusted(trustPolicy ?? [], place)],
    attributes: {
      roleId: role.RoleId,
      path: role.Path,
      trustPolicy,
      managedPolicyArns: role.AttachedManagedPolicies,
      inlinePolicies: role.RolePolicyList,
      permissionsBoundaryArn: role.PermissionsBoundary,
      instanceProfileArns: role.InstanceProfileList.map(({ Arn }) => Arn).toSorted(),
    },
    observed: { lastUsedAt: role.RoleLastUsed.LastUsedDate, lastUsedRegion: role.RoleLastUsed.Region },
  };
}

/** Whom the policy lets in: each once. Everyone is nobody in particular, and ids of principals that are gone are left out. */
function trusted(statements: readonly PolicyStatement[], place: Place): Relation[] {
  const names = statements
    .filter(({ effect }) => effect === "Allow")
    .flatMap(({ principals }) => Object.entries(principals))
    .flatMap(([kind, principals]) => principals.map((name) => principalOf(kind, name, place)))
    .filter((principal) => principal !== null);
  return [...new Map(names.map((principal) => [principal.target, principal])).values()];
}

const principalTypes: Readonly<Record<string, string>> = {
  role: "AWS::IAM::Role",
  user: "AWS::IAM::User",
  "oidc-provider": "AWS::IAM::OIDCProvider",
  "saml-provider": "AWS::IAM::SAMLProvider",
};

function principalOf(kind: string, name: string, { partition }: Place): Relation | null {
  const trusts = (resourceType: string, target: string): Relation => ({ kind: "trusts", resourceType, target });
  const [, account = name, resource = "root"] = /^arn:[^:]+:iam::(\d{12}):(.+)$/.exec(name) ?? [];
  if (/^\d{12}$/.test(account)) {
    if (resource === "root") return trusts("AWS::::Account", `arn:${partition}:iam::${account}:root`);
    const type = principalTypes[resource.split("/")[0] ?? ""];
    return type ? trusts(type, name) : null;
  }
  // Federated principals without an ARN are services, too: `cognito-identity.amazonaws.com`, `accounts.google.com`.
  return kind !== "AWS" && /^[\w.-]+$/.test(name) ? trusts("AWS::::Service", name.toLowerCase()) : null;
}
