import type { About, Check, Examples } from "#checks/check";
import { secretParams, secretSeverity, secretsIn, type SecretParams } from "#checks/environment-secrets";
import { exampleFunction } from "./examples.ts";

export const check: Check<"lambda.functions", SecretParams> = {
  id: "lambda_env_secret",
  severity: "high",
  category: "security",
  domain: "secrets_lifecycle",
  effort: "medium",
  confidence: 0.7,
  drift: true,
  resources: ["lambda.functions"],
  decisive: ["variables"],
  params: secretParams,
  judge({ name, nativeId, attributes: { environment, kmsKeyArn } }, { params }) {
    if (environment === undefined)
      return {
        status: "unknown",
        reason: "lambda:ListFunctions did not give the environment: its key may not be used",
      };
    const secrets = secretsIn(environment, params);
    if (secrets.length === 0) return { status: "pass" };
    const names = secrets.map((one) => one.name);
    return {
      status: "fail",
      severity: secretSeverity(secrets),
      summary: `Function ${name ?? nativeId} seems to hold secrets in its environment: ${names.join(", ")}.`,
      details: { variables: names, hasToken: secretSeverity(secrets) === "critical", kmsKeyArn },
      evidence: [{ call: "lambda:ListFunctions", field: "Functions[].Environment.Variables", value: names }],
    };
  },
};

export const about: About = {
  title: "A secret seems to stand in the function's environment",
  rationale:
    "Everyone who may look at the function's configuration reads it there in clear text, as do the tools that copy configurations around.",
  remediation:
    "Put the value into Secrets Manager or an encrypted parameter that the code reads when it starts. Then change the secret: it must count as known.",
  controls: {},
};

export const examples = (): Examples<"lambda.functions", SecretParams> => {
  const holding = (name: string, looksLike: "token" | "random" | null) =>
    exampleFunction({ environment: [{ name, looksLike }] });
  return {
    pass: [
      { name: "no variables", found: exampleFunction() },
      { name: "named like a secret, a plain value", found: holding("DB_PASSWORD", null) },
      { name: "a random value under another name", found: holding("BUILD_ID", "random") },
    ],
    fail: [
      {
        name: "named like a secret, a random value",
        found: holding("STRIPE_API_KEY", "random"),
        expect: { severity: "high", details: { variables: ["STRIPE_API_KEY"], hasToken: false } },
      },
      { name: "a token under any name", found: holding("X", "token"), expect: { severity: "critical" } },
      { name: "a name of one's own", found: holding("BUILD_ID", "random"), params: { names: ["build-id"] } },
    ],
    unknown: [{ name: "key not to be used", found: exampleFunction({ environment: undefined }) }],
  };
};
