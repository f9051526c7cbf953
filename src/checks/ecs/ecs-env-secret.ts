import type { About, Check, Examples } from "#checks/check";
import { secretParams, secretSeverity, secretsIn, type SecretParams } from "#checks/environment-secrets";
import { exampleContainer, exampleTaskDefinition } from "./examples.ts";
import { unreadRevision } from "./shared.ts";

export const check: Check<"ecs.taskDefinitions", SecretParams> = {
  id: "ecs_env_secret",
  severity: "high",
  category: "security",
  domain: "secrets_lifecycle",
  effort: "medium",
  confidence: 0.7,
  drift: false,
  resources: ["ecs.taskDefinitions"],
  decisive: ["variables"],
  params: secretParams,
  judge({ name, nativeId, attributes: { containers } }, { params }) {
    if (containers === undefined) return unreadRevision;
    const all = containers.flatMap((container) =>
      container.environment.map((variable) => ({ ...variable, container: container.name })),
    );
    const secrets = secretsIn(all, params);
    if (secrets.length === 0) return { status: "pass" };
    const variables = secrets.map(({ container, name: variable }) => ({ container, name: variable }));
    return {
      status: "fail",
      severity: secretSeverity(secrets),
      summary: `Task definition ${name ?? nativeId} seems to hold secrets: ${variables.map((one) => one.name).join(", ")}.`,
      details: { variables, hasToken: secretSeverity(secrets) === "critical" },
      evidence: [
        {
          call: "ecs:DescribeTaskDefinition",
          field: "taskDefinition.containerDefinitions[].environment[].name",
          value: variables.map((one) => one.name),
        },
      ],
    };
  },
};

export const about: About = {
  title: "A secret seems to stand in a task definition",
  rationale:
    "Revisions are never forgotten: whoever may describe one, this year or in five, reads the value in clear text.",
  remediation:
    "Store the value as a secret or an encrypted parameter and let a new revision refer to it under `secrets`. Then change the value, and delete the revisions that show the old one.",
  controls: { aws_fsbp: ["ECS.8"], "pci_dss_4.0": ["3.5.1", "8.2.2", "8.3.2"] },
};

export const examples = (): Examples<"ecs.taskDefinitions", SecretParams> => {
  const holding = (name: string, looksLike: "token" | "random" | null) =>
    exampleTaskDefinition({
      containers: [exampleContainer(), exampleContainer({ name: "job", environment: [{ name, looksLike }] })],
    });
  return {
    pass: [
      { name: "no variables", found: exampleTaskDefinition() },
      {
        name: "read when it starts",
        found: exampleTaskDefinition({
          containers: [exampleContainer({ secrets: [{ name: "DB_PASSWORD", valueFrom: "/shop/db" }] })],
        }),
      },
      { name: "a plain value", found: holding("DB_PASSWORD", null) },
      { name: "random under another name", found: holding("BUILD_ID", "random") },
    ],
    fail: [
      {
        name: "named like a secret, a random value",
        found: holding("DB_PASSWORD", "random"),
        expect: { severity: "high", details: { variables: [{ container: "job", name: "DB_PASSWORD" }] } },
      },
      {
        name: "a token",
        found: holding("X", "token"),
        expect: { severity: "critical", details: { hasToken: true } },
      },
    ],
    unknown: [{ name: "not readable", found: exampleTaskDefinition({ containers: undefined }) }],
  };
};
