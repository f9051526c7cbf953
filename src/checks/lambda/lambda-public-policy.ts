import type { About, Check, Examples } from "#checks/check";
import { actionsOf, publicGrants, serviceGrants, type Grant } from "#checks/public-policy";
import { exampleFunction, exampleStatement } from "./examples.ts";

export const check: Check<"lambda.functions"> = {
  id: "lambda_public_policy",
  severity: "critical",
  category: "security",
  domain: "network_exposure",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["lambda.functions"],
  decisive: ["isPublic", "actions", "services"],
  params: {},
  judge({ name, nativeId, attributes: { policy } }) {
    if (policy === undefined) return { status: "unknown", reason: "lambda:GetPolicy could not be read" };
    const open = publicGrants(policy).filter((grant) => !asksForIam(grant));
    const deputies = serviceGrants(policy).filter((grant) => !namesSkill(grant));
    const grants = open.length > 0 ? open : deputies;
    if (grants.length === 0) return { status: "pass" };
    const isPublic = open.length > 0;
    const services = [...new Set(deputies.flatMap((grant) => grant.services))].toSorted();
    const actions = actionsOf(grants);
    return {
      status: "fail",
      severity: isPublic ? "critical" : "medium",
      exposure: isPublic ? "internet" : "internal",
      summary: isPublic
        ? `The policy of function ${name ?? nativeId} allows everyone ${actions.join(", ")}.`
        : `The policy of function ${name ?? nativeId} lets ${services.join(", ")} invoke it for any AWS customer.`,
      details: { isPublic, actions, services },
      evidence: grants.map(({ statement: { sid, principals, conditions } }) => ({
        call: "lambda:GetPolicy",
        field: "Policy.Statement[]",
        value: { sid, principals, conditions },
      })),
    };
  },
};

const hasCondition = ({ statement }: Grant, name: string, value?: string): boolean =>
  statement.conditions.some(
    ({ operator, key, values }) =>
      /^string(equals|like)$/i.test(operator) &&
      key.toLowerCase() === name &&
      values.every((one) => (value === undefined ? /^[^*?]+$/.test(one) : one === value)),
  );

/** Only through its URL, and only with a signature. */
const asksForIam = (grant: Grant): boolean => hasCondition(grant, "lambda:functionurlauthtype", "AWS_IAM");

/** Alexa names the skill that may call, and has no account to name. */
const namesSkill = (grant: Grant): boolean => hasCondition(grant, "lambda:eventsourcetoken");

export const about: About = {
  title: "Strangers may invoke the function",
  rationale:
    "Whoever finds the name of the function can run it: you pay, and it acts with all that its role may do. A service of AWS that is not told for whom it may call does so for any of its customers.",
  remediation:
    "Take the statement out, or tie it down with aws:SourceArn and aws:SourceAccount (aws:PrincipalOrgID for people and roles).",
  controls: {
    aws_fsbp: ["Lambda.1"],
    "cis_aws_7.0": ["2.21"],
    hipaa: ["164_308_a_1_ii_b", "164_308_a_3_i", "164_312_a_1", "164_312_e_1"],
    iso_27001_2022: ["A.8.1"],
    nist_800_53_r5: [
      "ac_2_6",
      "ac_3",
      "ac_3_7",
      "ac_4_21",
      "ac_6",
      "ac_17_1",
      "ac_17_4_a",
      "ac_17_9",
      "ac_17_10",
      "ac_17_b",
      "mp_2",
      "sc_7_2",
      "sc_7_3",
      "sc_7_9_a",
      "sc_7_11",
      "sc_7_12",
      "sc_7_16",
      "sc_7_20",
      "sc_7_21",
      "sc_7_24_b",
      "sc_7_a",
      "sc_7_b",
      "sc_7_c",
      "sc_25",
    ],
    "pci_dss_4.0": ["1.2.8", "1.3.1", "1.3.2", "1.4.2", "1.5.1", "3.5.1.3", "10.3.2", "A1.1.2", "A1.1.3", "A3.4.1"],
  },
};

export const examples = (): Examples<"lambda.functions"> => {
  const withPolicy = (...statements: readonly Parameters<typeof exampleStatement>[0][]) =>
    exampleFunction({ policy: statements.map((one) => exampleStatement(one)) });
  const service = { principals: { Service: ["events.amazonaws.com"] } };
  const only = (key: string, value: string) => ({ conditions: [{ operator: "StringEquals", key, values: [value] }] });
  return {
    pass: [
      { name: "no policy", found: exampleFunction() },
      { name: "one other account", found: withPolicy({ principals: { AWS: ["arn:aws:iam::444455556666:root"] } }) },
      { name: "everyone of an organization", found: withPolicy(only("aws:PrincipalOrgID", "o-abc123")) },
      { name: "everyone who signs", found: withPolicy(only("lambda:FunctionUrlAuthType", "AWS_IAM")) },
      {
        name: "a service, for this account",
        found: withPolicy({ ...service, ...only("aws:SourceAccount", "111122223333") }),
      },
      {
        name: "Alexa, for one skill",
        found: withPolicy({
          principals: { Service: ["alexa-appkit.amazon.com"] },
          ...only("lambda:EventSourceToken", "amzn1.ask.skill.0a"),
        }),
      },
    ],
    fail: [
      {
        name: "everyone",
        found: withPolicy({}, service),
        expect: {
          severity: "critical",
          exposure: "internet",
          details: { isPublic: true, actions: ["lambda:InvokeFunction"], services: ["events.amazonaws.com"] },
        },
      },
      {
        name: "everyone through a URL",
        found: withPolicy(only("lambda:FunctionUrlAuthType", "NONE")),
        expect: { severity: "critical" },
      },
      {
        name: "a service, for anyone",
        found: withPolicy(service),
        expect: { severity: "medium", exposure: "internal", details: { isPublic: false } },
      },
    ],
    unknown: [{ name: "policy not readable", found: exampleFunction({ policy: undefined, urls: undefined }) }],
  };
};
