import type { About, Check, Examples } from "#checks/check";
import { exampleStatement } from "#checks/examples";
import { actionsOf, publicGrants } from "#checks/public-policy";
import { exampleDomain } from "./examples.ts";

export const check: Check<"opensearch.domains"> = {
  id: "opensearch_public",
  severity: "critical",
  category: "security",
  domain: "network_exposure",
  effort: "high",
  confidence: 1,
  drift: true,
  resources: ["opensearch.domains"],
  decisive: ["actions", "login"],
  params: {},
  judge({ name, nativeId, attributes: { vpcId, accessPolicy, advancedSecurityEnabled } }) {
    if (vpcId === undefined) return { status: "unknown", reason: `${call} could not be read` };
    if (vpcId !== null) return { status: "pass" };
    if (accessPolicy === undefined) return { status: "unknown", reason: "Its access policy could not be read" };
    const grants = publicGrants(accessPolicy);
    if (grants.length === 0) return { status: "pass" };
    if (advancedSecurityEnabled === undefined) return { status: "unknown", reason: `${call} could not be read` };
    const login = advancedSecurityEnabled === true;
    return {
      status: "fail",
      severity: login ? "high" : "critical",
      exposure: "internet",
      summary: `Search domain ${name ?? nativeId} has a public endpoint, and its policy lets anybody use it${login ? " who logs in" : " without a login"}.`,
      details: { actions: actionsOf(grants), login },
      variants: login ? [] : ["login"],
      evidence: [
        { call, field: "VPCOptions.VPCId", value: vpcId },
        { call, field: "AccessPolicies.Statement", value: grants.map(({ statement }) => statement) },
        { call, field: "AdvancedSecurityOptions.Enabled", value: advancedSecurityEnabled },
      ],
    };
  },
};

const call = "es:DescribeDomains";

export const about: About = {
  title: "Anybody on the internet may use the search domain",
  rationale: "Open search clusters are found within hours, copied, and often deleted with a note that asks for ransom.",
  remediation:
    "Name the roles that may use the domain in its policy at once, and turn on fine-grained access control. For good, restore a snapshot into a new domain inside the VPC.",
  controls: {
    aws_fsbp: ["ES.2", "OpenSearch.2"],
    iso_27001_2022: ["A.8.1"],
    "pci_dss_4.0": ["1.2.8", "1.3.1", "1.3.2", "1.4.2", "1.5.1", "A1.1.3"],
  },
  variants: {
    /** Nobody has to log in. */
    login: {
      aws_fsbp: ["OpenSearch.7"],
      "pci_dss_4.0": [
        "7.2.1",
        "7.2.2",
        "7.2.5",
        "7.2.6",
        "7.3.1",
        "7.3.2",
        "7.3.3",
        "8.2.7",
        "8.2.8",
        "8.3.4",
        "10.6.3",
      ],
    },
  },
};

export const examples = (): Examples<"opensearch.domains"> => {
  const anyone = exampleStatement({
    actions: ["es:*"],
    resources: ["arn:aws:es:eu-west-1:111122223333:domain/search/*"],
  });
  const from = (...values: readonly string[]) => ({
    accessPolicy: [{ ...anyone, conditions: [{ operator: "IpAddress", key: "aws:SourceIp", values }] }],
  });
  const open = { vpcId: null, accessPolicy: [anyone], advancedSecurityEnabled: false };
  const domain = (attributes: Parameters<typeof exampleDomain>[0]) => exampleDomain({ ...open, ...attributes });
  return {
    pass: [
      { name: "inside a VPC", found: domain({ vpcId: "vpc-0a1" }) },
      { name: "no policy", found: domain({ accessPolicy: null }) },
      {
        name: "a role only",
        found: domain({
          accessPolicy: [{ ...anyone, principals: { AWS: ["arn:aws:iam::111122223333:role/app"] } }],
        }),
      },
      { name: "some addresses only", found: domain(from("203.0.113.0/24")) },
    ],
    fail: [
      {
        name: "without a login",
        found: domain({}),
        expect: { severity: "critical", exposure: "internet", variants: ["login"], details: { actions: ["es:*"] } },
      },
      {
        name: "AWS names no login",
        found: domain({ advancedSecurityEnabled: null }),
        expect: { severity: "critical" },
      },
      {
        name: "with a login",
        found: domain({ advancedSecurityEnabled: true }),
        expect: { severity: "high", variants: [], details: { login: true } },
      },
      { name: "every address", found: domain(from("0.0.0.0/0")) },
      { name: "half of the internet", found: domain(from("203.0.113.0/24", "128.0.0.0/1")) },
    ],
    unknown: [
      { name: "denied", found: domain({ vpcId: undefined, accessPolicy: undefined }) },
      { name: "a policy that cannot be read", found: domain({ accessPolicy: undefined }) },
      { name: "its login is not known", found: domain({ advancedSecurityEnabled: undefined }) },
    ],
  };
};
