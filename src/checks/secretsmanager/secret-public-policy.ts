import type { About, Check, Examples } from "#checks/check";
import { accountGrants, actionsOf, isLimited, isToEveryone, publicGrants } from "#checks/public-policy";
import type { PolicyStatement } from "#collectors/policy";
import { exampleSecret } from "./examples.ts";

interface Params {
  /** Accounts of partners, and of one's own that the organization does not tell. */
  readonly trustedAccountIds: readonly string[];
}

export const check: Check<"secretsmanager.secrets", Params, "organizations.accounts" | "organizations.organizations"> =
  {
    id: "secret_public_policy",
    severity: "critical",
    category: "security",
    domain: "data_protection",
    effort: "low",
    confidence: 0.95,
    drift: true,
    resources: ["secretsmanager.secrets"],
    reads: ["organizations.accounts", "organizations.organizations"],
    condense: {
      "secretsmanager.secrets": ({ attributes: { policy, deletedAt } }) => ({ policy, deletedAt }),
      "organizations.accounts": ({ attributes: { accountId } }) => ({ accountId }),
      "organizations.organizations": ({ attributes: { managementAccountId } }) => ({ managementAccountId }),
    },
    decisive: ["anyone", "accountIds", "actions"],
    params: { trustedAccountIds: [] },
    judge({ name, attributes: { policy, deletedAt } }, context) {
      if (deletedAt !== null) return null;
      if (policy === undefined)
        return { status: "unknown", reason: "secretsmanager:GetResourcePolicy could not be read" };
      const known = new Set([
        ...context.ownAccounts,
        ...context.params.trustedAccountIds,
        ...context.others("organizations.accounts").map(({ attributes }) => attributes.accountId),
        ...context.others("organizations.organizations").map(({ attributes }) => attributes.managementAccountId),
      ]);
      const open = publicGrants(policy);
      const foreign = accountGrants(policy, context.place.awsAccountId).filter(
        ({ account, statement }) => !known.has(account) && !isAmongOwn(statement),
      );
      if (open.length === 0 && foreign.length === 0) return { status: "pass" };
      const accountIds = [...new Set(foreign.map(({ account }) => account))].toSorted();
      return {
        status: "fail",
        severity: open.length > 0 ? "critical" : "high",
        ...(open.length > 0 && { exposure: "internet" as const }),
        summary: `The policy of secret ${name} lets ${open.length > 0 ? "anybody with an AWS account" : accountIds.join(", ")} in.`,
        details: { anyone: open.length > 0, accountIds, actions: actionsOf([...open, ...foreign]) },
        evidence: [
          {
            call: "secretsmanager:GetResourcePolicy",
            field: "ResourcePolicy",
            value: [...new Set([...open, ...foreign].map((grant) => grant.statement))],
          },
        ],
      };
    },
  };

/** Its principals count only where they belong to the organization. */
const isAmongOwn = (statement: PolicyStatement): boolean =>
  !isToEveryone(statement) &&
  isLimited({
    ...statement,
    conditions: statement.conditions.filter(({ key }) => /^aws:principalorg(id|paths)$/i.test(key)),
  });

export const about: About = {
  title: "The secret's policy lets strangers in",
  rationale: "Whoever the policy lets in can fetch the value, and nobody notices unless the calls are looked at.",
  remediation:
    "Take the statement out, or name the one role that needs it. Write policies with BlockPublicPolicy, which refuses those that are open to all.",
  controls: { "cis_aws_7.0": ["2.21"] },
};

export const examples = (): Examples<"secretsmanager.secrets", Params> => {
  const partner = "444455556666";
  const statement = (more: Partial<PolicyStatement> = {}): PolicyStatement => ({
    sid: null,
    effect: "Allow",
    principals: { AWS: ["*"] },
    notPrincipals: {},
    actions: ["secretsmanager:GetSecretValue"],
    notActions: [],
    resources: ["*"],
    notResources: [],
    conditions: [],
    ...more,
  });
  const when = (key: string, value: string) => ({ conditions: [{ operator: "StringEquals", key, values: [value] }] });
  const secret = (...policy: readonly PolicyStatement[]) => exampleSecret({ policy });
  const toPartner = statement({ principals: { AWS: [`arn:aws:iam::${partner}:role/app`] } });
  return {
    pass: [
      { name: "no policy", found: exampleSecret() },
      {
        name: "its own account",
        found: secret(statement({ principals: { AWS: ["arn:aws:iam::111122223333:role/app"] } })),
      },
      { name: "everyone in the organization", found: secret(statement(when("aws:PrincipalOrgID", "o-abc123defg"))) },
      { name: "everyone through an endpoint", found: secret(statement(when("aws:SourceVpce", "vpce-0a"))) },
      { name: "a trusted partner", found: secret(toPartner), params: { trustedAccountIds: [partner] } },
      { name: "an account that is connected", found: secret(toPartner), ownAccounts: [partner] },
      {
        name: "a member of the organization",
        found: secret(toPartner),
        others: { "organizations.accounts": [{ attributes: { accountId: partner } }] },
      },
      {
        name: "the management account",
        found: secret(toPartner),
        others: { "organizations.organizations": [{ attributes: { managementAccountId: partner } }] },
      },
      {
        name: "a partner, as far as it is of the organization",
        found: secret({ ...toPartner, ...when("aws:PrincipalOrgID", "o-abc123defg") }),
      },
      { name: "everyone is refused", found: secret(statement(), statement({ effect: "Deny" })) },
    ],
    fail: [
      {
        name: "everyone",
        found: secret(statement()),
        expect: {
          severity: "critical",
          exposure: "internet",
          details: { anyone: true, accountIds: [], actions: ["secretsmanager:GetSecretValue"] },
        },
      },
      {
        name: "everyone who calls himself so",
        found: secret(statement(when("aws:UserAgent", "app"))),
        expect: { severity: "critical" },
      },
      {
        name: "a partner",
        found: secret(toPartner),
        expect: { severity: "high", exposure: "internal", details: { anyone: false, accountIds: [partner] } },
      },
      {
        name: "everyone of a partner",
        found: secret(statement(when("aws:PrincipalAccount", partner))),
        expect: { severity: "high" },
      },
      {
        name: "everyone and a partner",
        found: secret(statement(), toPartner),
        expect: { severity: "critical", details: { anyone: true, accountIds: [partner] } },
      },
    ],
    unknown: [{ name: "denied", found: exampleSecret({ policy: undefined }) }],
    notApplicable: [{ name: "marked for deletion", found: exampleSecret({ deletedAt: "2026-05-01T00:00:00.000Z" }) }],
  };
};
