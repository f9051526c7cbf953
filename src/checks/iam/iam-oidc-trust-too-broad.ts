import type { About, Check, Examples, Severity } from "#checks/check";
import type { PolicyStatement } from "#collectors/policy";
import { exampleRole, exampleTrust } from "./examples.ts";

export const check: Check<"iam.roles"> = {
  id: "iam_oidc_trust_too_broad",
  severity: "critical",
  category: "security",
  domain: "identity",
  effort: "low",
  confidence: 0.95,
  drift: true,
  resources: ["iam.roles"],
  decisive: ["issuers", "subjects"],
  params: {},
  judge({ name, attributes: { trustPolicy } }) {
    if (trustPolicy === undefined)
      return { status: "unknown", reason: "iam:GetAccountAuthorizationDetails gave a trust policy that is none" };
    const trusts = trustPolicy.filter(({ effect }) => effect === "Allow").flatMap(trustsIn);
    if (trusts.length === 0) return null;
    const broad = trusts.filter(({ severity }) => severity !== null);
    if (broad.length === 0) return { status: "pass" };
    const isOpen = broad.some(({ severity }) => severity === "critical");
    const issuers = broad.map(({ issuer }) => issuer);
    return {
      status: "fail",
      severity: isOpen ? "critical" : "medium",
      ...(isOpen && { exposure: "internet" }),
      summary: isOpen
        ? `Role ${name} can be assumed by builds of anybody at ${issuers.join(", ")}.`
        : `Role ${name} can be assumed by more builds at ${issuers.join(", ")} than it says.`,
      details: {
        issuers,
        subjects: broad.flatMap(({ subjects }) => subjects),
        hasAudience: broad.every(({ hasAudience }) => hasAudience),
      },
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

/** Issuers of tokens for builds; those of one organization at it sign tokens for nobody else. */
const issuers = [
  { name: /^token\.actions\.githubusercontent\.com$/, isForOne: false },
  { name: /^token\.actions\.githubusercontent\.com\/./, isForOne: true },
  { name: /^(gitlab\.com|app\.terraform\.io)$/, isForOne: false },
  { name: /^(oidc\.circleci\.com\/org\/|api\.bitbucket\.org\/2\.0\/workspaces\/)./, isForOne: true },
];

interface Trust {
  readonly issuer: string;
  readonly subjects: readonly string[];
  readonly hasAudience: boolean;
  /** null: it is as narrow as it should be. */
  readonly severity: Severity | null;
}

const trustsIn = (statement: PolicyStatement): readonly Trust[] =>
  (statement.principals["Federated"] ?? []).flatMap((provider) => {
    const issuer = provider.replace(/^arn:[^:]*:iam::\d*:oidc-provider\//, "");
    const known = issuers.find(({ name }) => name.test(issuer));
    return known ? [trustOf(statement, issuer, known.isForOne)] : [];
  });

function trustOf({ conditions }: PolicyStatement, issuer: string, isForOne: boolean): Trust {
  const asked = (claim: string): readonly (readonly string[])[] =>
    conditions
      .filter(({ operator, key }) => narrows.test(operator) && key.toLowerCase() === `${issuer}:${claim}`.toLowerCase())
      .map(({ values }) => values);
  const subjects = asked("sub");
  const isOwners = [
    ...subjects.map((values) => values.every((value) => hasOwner(value.replace(/^[^:*?]*:/, "")))),
    ...ownerClaims.flatMap(asked).map((values) => values.every(hasOwner)),
  ].some(Boolean);
  const isNarrow =
    placeClaims.flatMap(asked).length > 0 || subjects.some((values) => !values.some((value) => anyRef.test(value)));
  const hasAudience = asked("aud").length > 0;
  return {
    issuer,
    subjects: subjects.flat(),
    hasAudience,
    severity: isOwners || isForOne ? (isNarrow && hasAudience ? null : "medium") : "critical",
  };
}

/** A token always has the claims asked for, so `IfExists` and `ForAllValues` change nothing. */
const narrows = /^(for(any|all)values?:)?string(equals|equalsignorecase|like)(ifexists)?$/i;
/** Claims of GitHub that say whose a build is, and those that say which. */
const ownerClaims = ["job_workflow_ref", "repository", "repository_id", "repository_owner", "repository_owner_id"];
const placeClaims = ["environment", "job_workflow_ref", "ref"];

/** `acme/shop:ref:…`: the owner stands there without a wildcard, which others could register a name for. */
const hasOwner = (subject: string): boolean => /^[^*?/:]+([/:]|$)/.test(subject);
/** Nothing is said beyond the repository, or not even which: `repo:acme/shop:*`, `repo:acme/*`, `*`. */
const anyRef = /^([^:]*:)?[^:]*\*$|^[^:]*:[^:]*:\*+$/;

export const about: About = {
  title: "A role for builds trusts more repositories than its own",
  rationale:
    "These services sign tokens for all of their users. Where the role does not ask whose build it is, a stranger with a free account gets credentials for it.",
  remediation:
    "Ask for the audience, and let the subject name your organization, the repository, and the branch or environment that may deploy.",
  controls: {},
};

export function examples(): Examples<"iam.roles"> {
  const github = "token.actions.githubusercontent.com";
  const provider = (issuer: string): string => `arn:aws:iam::111122223333:oidc-provider/${issuer}`;
  const condition = (operator: string, key: string, ...values: readonly string[]) => ({ operator, key, values });
  const trusting = (issuer: string, ...conditions: readonly PolicyStatement["conditions"][number][]) =>
    exampleRole({ trustPolicy: [exampleTrust({ Federated: [provider(issuer)] }, ...conditions)] });
  const audience = condition("StringEquals", `${github}:aud`, "sts.amazonaws.com");
  const subject = (...values: readonly string[]) =>
    trusting(github, audience, condition("StringLike", `${github}:sub`, ...values));
  const circle = "oidc.circleci.com/org/0a1b2c3d";
  return {
    pass: [
      { name: "a branch", found: subject("repo:acme/shop:ref:refs/heads/main") },
      { name: "environments of any repository of one's own", found: subject("repo:acme/*:environment:production") },
      {
        name: "any branch, but one workflow",
        found: trusting(
          github,
          audience,
          condition("StringLike", `${github}:sub`, "repo:acme/shop:*"),
          condition(
            "StringEquals",
            `${github}:job_workflow_ref`,
            "acme/shop/.github/workflows/deploy.yml@refs/heads/main",
          ),
        ),
      },
      {
        name: "for all values",
        found: trusting(
          github,
          condition("ForAllValues:StringEquals", `${github}:aud`, "sts.amazonaws.com"),
          condition("ForAllValues:StringEquals", `${github}:sub`, "repo:acme/shop:ref:refs/heads/main"),
        ),
      },
      {
        name: "a branch at GitLab",
        found: trusting(
          "gitlab.com",
          condition("StringEquals", "gitlab.com:aud", "https://gitlab.com"),
          condition("StringEquals", "gitlab.com:sub", "project_path:acme/shop:ref_type:branch:ref:main"),
        ),
      },
    ],
    fail: [
      {
        name: "no subject",
        found: trusting(github, audience),
        expect: {
          severity: "critical",
          exposure: "internet",
          details: { issuers: [github], subjects: [], hasAudience: true },
        },
      },
      { name: "any subject", found: subject("*"), expect: { severity: "critical" } },
      { name: "any repository", found: subject("repo:*"), expect: { severity: "critical" } },
      { name: "any owner", found: subject("repo:*/*:ref:refs/heads/main"), expect: { severity: "critical" } },
      {
        name: "owners whose name begins so",
        found: subject("repo:acme*/shop:ref:refs/heads/main"),
        expect: { severity: "critical" },
      },
      {
        name: "one of them is anybody's",
        found: subject("repo:acme/shop:ref:refs/heads/main", "repo:*:ref:refs/heads/main"),
        expect: { severity: "critical" },
      },
      {
        name: "all but one",
        found: trusting(github, audience, condition("StringNotEquals", `${github}:sub`, "repo:evil/shop:*")),
        expect: { severity: "critical" },
      },
      {
        name: "another issuer's subject",
        found: trusting("gitlab.com", condition("StringEquals", `${github}:sub`, "repo:acme/shop:ref:refs/heads/main")),
        expect: { severity: "critical", details: { issuers: ["gitlab.com"] } },
      },
      {
        name: "any ref of a repository",
        found: subject("repo:acme/shop:*"),
        expect: { severity: "medium", exposure: "internal", details: { subjects: ["repo:acme/shop:*"] } },
      },
      { name: "any repository of one's own", found: subject("repo:acme/*"), expect: { severity: "medium" } },
      {
        name: "no audience",
        found: trusting(github, condition("StringLike", `${github}:sub`, "repo:acme/shop:ref:refs/heads/main")),
        expect: { severity: "medium", details: { hasAudience: false } },
      },
      {
        name: "owned, by another claim, and nothing more",
        found: trusting(github, audience, condition("StringEquals", `${github}:repository_owner`, "acme")),
        expect: { severity: "medium" },
      },
      {
        name: "an issuer of one's own organization, no subject",
        found: trusting(circle, condition("StringEquals", `${circle}:aud`, "0a1b2c3d")),
        expect: { severity: "medium" },
      },
      {
        name: "any workspace of one's own organization at Terraform",
        found: trusting(
          "app.terraform.io",
          condition("StringEquals", "app.terraform.io:aud", "aws.workload.identity"),
          condition("StringLike", "app.terraform.io:sub", "organization:acme:*"),
        ),
        expect: { severity: "medium" },
      },
    ],
    unknown: [{ name: "a text that is no policy", found: exampleRole({ trustPolicy: undefined }) }],
    notApplicable: [
      { name: "instances", found: exampleRole() },
      { name: "an issuer of one's own", found: trusting("oidc.eks.eu-west-1.amazonaws.com/id/0A1B") },
      {
        name: "a refusal",
        found: exampleRole({ trustPolicy: [{ ...exampleTrust({ Federated: [provider(github)] }), effect: "Deny" }] }),
      },
    ],
  };
}
