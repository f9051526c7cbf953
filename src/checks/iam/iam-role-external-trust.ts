import type { About, Check, Examples, Severity } from "#checks/check";
import { accountGrants, allows, publicGrants, serviceGrants, type Grant } from "#checks/public-policy";
import type { PolicyStatement } from "#collectors/policy";
import { exampleRole, exampleTrust } from "./examples.ts";
import { isServiceLinked } from "./shared.ts";

interface Params {
  /** Accounts that may come in without an external id. */
  readonly trustedAccountIds: readonly string[];
  /** Services that say in aws:SourceArn and aws:SourceAccount whom they work for. */
  readonly confusedDeputyServices: readonly string[];
}

export const check: Check<"iam.roles", Params> = {
  id: "iam_role_external_trust",
  severity: "high",
  category: "security",
  domain: "identity",
  effort: "low",
  confidence: 0.9,
  drift: true,
  resources: ["iam.roles"],
  decisive: ["anyone", "accounts", "services"],
  params: {
    trustedAccountIds: [],
    confusedDeputyServices: [
      "sns.amazonaws.com",
      "events.amazonaws.com",
      "cloudtrail.amazonaws.com",
      "config.amazonaws.com",
    ],
  },
  judge({ name, attributes: { path, trustPolicy } }, { params, place, ownAccounts }) {
    if (isServiceLinked(path)) return null;
    if (trustPolicy === undefined)
      return { status: "unknown", reason: "iam:GetAccountAuthorizationDetails gave a trust policy that is none" };
    const anyone = publicGrants(trustPolicy).some(letsAssume);
    const accounts = accountGrants(trustPolicy, place.awsAccountId)
      .filter((grant) => letsAssume(grant) && !isSafe(grant.statement))
      .map(({ account }) => account)
      .filter((account) => !params.trustedAccountIds.includes(account) && !ownAccounts.has(account));
    const services = serviceGrants(trustPolicy)
      .flatMap((grant) => grant.services)
      .filter((service) => params.confusedDeputyServices.includes(service));
    const [severity, whom] = worst(anyone, accounts, services);
    if (severity === null) return { status: "pass" };
    return {
      status: "fail",
      severity,
      ...(anyone && { exposure: "internet" }),
      summary: `Role ${name} can be assumed by ${whom}.`,
      details: { anyone, accounts: once(accounts), services: once(services) },
      evidence: [
        {
          call: "iam:GetAccountAuthorizationDetails",
          field: "RoleDetailList[].AssumeRolePolicyDocument",
          value: trustPolicy,
        },
      ],
    };
  },
};

const once = (names: readonly string[]): string[] => [...new Set(names)].toSorted();

const letsAssume = (grant: Grant): boolean =>
  ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"].some((action) => allows(grant, action));

/** An external id that was agreed on, or an account of an organization that is named. */
const isSafe = ({ conditions }: PolicyStatement): boolean =>
  conditions.some(
    ({ operator, key, values }) =>
      /^(foranyvalue:)?string(equals|equalsignorecase|like)$/i.test(operator) &&
      /^(sts:externalid|aws:principalorg(id|paths))$/i.test(key) &&
      values.every((value) => /^[^*?]/.test(value)),
  );

function worst(
  anyone: boolean,
  accounts: readonly string[],
  services: readonly string[],
): readonly [Severity, string] | readonly [null, null] {
  if (anyone) return ["critical", "anybody with an AWS account"];
  if (accounts.length > 0) return ["high", `account ${once(accounts).join(", ")} without an external id`];
  if (services.length > 0) return ["medium", `${once(services).join(", ")} on behalf of any customer of AWS`];
  return [null, null];
}

export const about: About = {
  title: "Somebody outside the account can assume a role too easily",
  rationale:
    "A vendor who holds roles of many customers can be talked into using yours for another of them; where everyone is trusted, nobody need be talked into anything.",
  remediation:
    "Name the partner's very role as principal and ask for an external id that you made up; for services ask for aws:SourceAccount or aws:SourceArn. Take out whom nobody works with any more.",
  controls: {},
};

export function examples(): Examples<"iam.roles", Params> {
  const partner = "444455556666";
  const condition = (key: string, ...values: readonly string[]) => ({ operator: "StringEquals", key, values });
  const trusting = (...trustPolicy: readonly PolicyStatement[]) => exampleRole({ trustPolicy });
  const sns = { Service: ["sns.amazonaws.com"] };
  return {
    pass: [
      { name: "instances", found: exampleRole() },
      { name: "the account itself", found: trusting(exampleTrust({ AWS: ["arn:aws:iam::111122223333:root"] })) },
      {
        name: "another account, with an external id",
        found: trusting(exampleTrust({ AWS: [partner] }, condition("sts:ExternalId", "f3c1"))),
      },
      {
        name: "another account of the organization",
        found: trusting(exampleTrust({ AWS: [partner] }, condition("aws:PrincipalOrgID", "o-a1b2c3d4e5"))),
      },
      {
        name: "everyone of the organization",
        found: trusting(exampleTrust({ AWS: ["*"] }, condition("aws:PrincipalOrgID", "o-a1b2c3d4e5"))),
      },
      {
        name: "a trusted account",
        found: trusting(exampleTrust({ AWS: [partner] })),
        params: { trustedAccountIds: [partner] },
      },
      {
        name: "a service on the account's behalf",
        found: trusting(exampleTrust(sns, condition("aws:SourceAccount", "111122223333"))),
      },
      { name: "a refusal", found: trusting({ ...exampleTrust({ AWS: ["*"] }), effect: "Deny" }) },
      {
        name: "may only tag sessions",
        found: trusting({ ...exampleTrust({ AWS: [partner] }), actions: ["sts:TagSession"] }),
      },
      { name: "an identity provider", found: trusting(exampleTrust({ Federated: ["accounts.google.com"] })) },
    ],
    fail: [
      {
        name: "everyone",
        found: trusting(exampleTrust({ AWS: ["*"] })),
        expect: { severity: "critical", exposure: "internet", details: { anyone: true, accounts: [] } },
      },
      {
        name: "everyone who knows an external id",
        found: trusting(exampleTrust({ AWS: ["*"] }, condition("sts:ExternalId", "f3c1"))),
        expect: { severity: "critical" },
      },
      {
        name: "another account, once by root and once by a role",
        found: trusting(exampleTrust({ AWS: [partner, `arn:aws:iam::${partner}:role/reader`] })),
        expect: { severity: "high", exposure: "internal", details: { anyone: false, accounts: [partner] } },
      },
      {
        name: "everyone, but of another account",
        found: trusting(exampleTrust({ AWS: ["*"] }, condition("aws:PrincipalAccount", partner))),
        expect: { severity: "high", details: { accounts: [partner] } },
      },
      {
        name: "any external id",
        found: trusting(
          exampleTrust({ AWS: [partner] }, { operator: "StringLike", key: "sts:ExternalId", values: ["*"] }),
        ),
        expect: { severity: "high" },
      },
      {
        name: "a service on anybody's behalf",
        found: trusting(exampleTrust(sns)),
        expect: { severity: "medium", details: { services: ["sns.amazonaws.com"] } },
      },
      {
        name: "services of one's own list",
        found: exampleRole(),
        params: { confusedDeputyServices: ["ec2.amazonaws.com"] },
        expect: { severity: "medium" },
      },
    ],
    unknown: [{ name: "a text that is no policy", found: exampleRole({ trustPolicy: undefined }) }],
    notApplicable: [
      {
        name: "a service's own",
        found: exampleRole({ path: "/aws-service-role/config.amazonaws.com/", trustPolicy: [exampleTrust(sns)] }),
      },
    ],
  };
}
