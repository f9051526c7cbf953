import type { Evidence, Unknown } from "#checks/check";
import { accountGrants, publicGrants } from "#checks/public-policy";
import { by } from "#collectors/order";
import type { PolicyStatement } from "#collectors/policy";
import type { CollectorId, FoundBy } from "#collectors/registry";

export const principals = ["iam.users", "iam.groups", "iam.roles"] as const satisfies readonly CollectorId[];
export type PrincipalId = (typeof principals)[number];
export type Principal = FoundBy<PrincipalId>;
/** Where policies are written: the account's own, and at principals. */
export const policyHolders = ["iam.policies", ...principals] as const satisfies readonly CollectorId[];
export type PolicyHolderId = (typeof policyHolders)[number];

export const isPrincipal = (found: FoundBy<PolicyHolderId>): found is Principal => "inlinePolicies" in found.attributes;
export const isManaged = (found: FoundBy<PolicyHolderId>): found is FoundBy<"iam.policies"> => !isPrincipal(found);

type Kind = "user" | "group" | "role";

/** `user` of `arn:aws:iam::111122223333:user/team/alice`. */
export const kindOf = ({ nativeId }: Principal): Kind => {
  const kind = nativeId.split(":")[5]?.split("/")[0];
  return kind === "user" || kind === "group" ? kind : "role";
};

/** `User alice`. */
export const called = (principal: Principal): string => {
  const kind = kindOf(principal);
  return `${kind.charAt(0).toUpperCase()}${kind.slice(1)} ${principal.name}`;
};

const call = "iam:GetAccountAuthorizationDetails";
const lists = { user: "UserDetailList", group: "GroupDetailList", role: "RoleDetailList" } as const;

/** What AWS said of a principal, by the name of the field. */
export const detailOf = (principal: Principal, field: string, value: unknown): Evidence => ({
  call,
  field: `${lists[kindOf(principal)]}[].${field}`,
  value,
});

const policyLists = { user: "UserPolicyList", group: "GroupPolicyList", role: "RolePolicyList" } as const;
export const inlineEvidence = (principal: Principal, names: readonly string[]): Evidence =>
  detailOf(principal, `${policyLists[kindOf(principal)]}[].PolicyName`, names);
export const policyEvidence = (field: string, value: unknown): Evidence => ({
  call,
  field: `Policies[].${field}`,
  value,
});

export const unreadable = (policy: string | null): Unknown => ({
  status: "unknown",
  reason: `${call} gave a text for policy ${policy} that is no policy`,
});

export const isAwsPolicy = (arn: string, name: string): boolean => arn.endsWith(`:iam::aws:policy/${name}`);

/**
 * The ARN of a policy AWS manages, where a principal has it attached. Of those in another check's list the attached policies
 * may not have been kept.
 */
export const awsPolicyOf = ({ attributes }: Principal, name: string): string | undefined => {
  const kept: Partial<typeof attributes> = attributes;
  return kept.managedPolicyArns?.find((arn) => isAwsPolicy(arn, name));
};

/** Those of the lists who have a policy of AWS's attached, by ARN. */
export const holdersIn = (others: (id: PrincipalId) => readonly Principal[], name: string): readonly Principal[] =>
  principals
    .flatMap((id) => others(id).filter((principal) => awsPolicyOf(principal, name) !== undefined))
    .toSorted(by(({ nativeId }) => nativeId));

/** For `condense`: of each principal who has this policy the policies attached. */
export function keepHolders(name: string) {
  const keep = (principal: Principal): Pick<Principal["attributes"], "managedPolicyArns"> | null =>
    awsPolicyOf(principal, name) ? { managedPolicyArns: principal.attributes.managedPolicyArns } : null;
  return { "iam.users": keep, "iam.groups": keep, "iam.roles": keep };
}

/** Everything on everything, without a condition. */
export const grantsAll = ({ effect, actions, resources, conditions }: PolicyStatement): boolean =>
  effect === "Allow" &&
  conditions.length === 0 &&
  resources.includes("*") &&
  actions.some((action) => action === "*" || action === "*:*");

/** The accounts beside its own from which a role lets somebody in; `*` for any. */
export const outsidersIn = (trust: readonly PolicyStatement[], ownAccount: string): readonly string[] => {
  const named = accountGrants(trust, ownAccount).map(({ account }) => account);
  return [...new Set([...publicGrants(trust).map(() => "*"), ...named])].toSorted();
};

/** Roles that services of AWS made for themselves; nobody else can change them. */
export const isServiceLinked = (path: string): boolean => path.startsWith("/aws-service-role/");
