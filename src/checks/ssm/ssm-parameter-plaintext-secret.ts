import type { About, Check, Examples } from "#checks/check";
import { exampleParameter } from "./examples.ts";

interface Params {
  /** A name that holds one of these, hyphens and underscores left out and in any case, sounds like a secret. */
  readonly secretWords: readonly string[];
  /** Unless it ends like something about the secret rather than the secret. */
  readonly harmlessEndings: readonly string[];
}

export const check: Check<"ssm.parameters", Params> = {
  id: "ssm_parameter_plaintext_secret",
  severity: "high",
  category: "security",
  domain: "secrets_lifecycle",
  effort: "medium",
  confidence: 0.6,
  drift: true,
  resources: ["ssm.parameters"],
  decisive: ["type"],
  params: {
    secretWords: ["passwd", "password", "secret", "token", "apikey", "privatekey", "credential"],
    harmlessEndings: ["arn", "_id", "-id", "/id", "name", "path", "url"],
  },
  judge({ name, attributes: { type } }, { params }) {
    const lower = (name ?? "").toLowerCase();
    const bare = lower.replaceAll(/[-_]/g, "");
    const sounds = params.secretWords.some((word) => bare.includes(word.toLowerCase()));
    if (!sounds || params.harmlessEndings.some((ending) => lower.endsWith(ending.toLowerCase()))) return null;
    if (type === "SecureString") return { status: "pass" };
    if (type === null) return { status: "unknown", reason: "ssm:DescribeParameters gave no type" };
    return {
      status: "fail",
      summary: `Parameter ${name} sounds like a secret and is a plain ${type}.`,
      details: { name, type },
      evidence: [
        { call: "ssm:DescribeParameters", field: "Parameters[].Name", value: name },
        { call: "ssm:DescribeParameters", field: "Parameters[].Type", value: type },
      ],
    };
  },
};

export const about: About = {
  title: "A parameter named like a secret is kept in plain text",
  rationale:
    "Reading parameters is a common permission, and it is all one needs here: there is no key whose policy would have a say. The console, old versions and exports show the value, too.",
  remediation:
    "Store it as a SecureString or in Secrets Manager, point its readers there and delete this one. Then replace the secret itself: others may have read it.",
  controls: {},
};

export const examples = (): Examples<"ssm.parameters", Params> => {
  const plain = (name: string, type: string | null = "String") => exampleParameter({ type, kmsKeyId: null }, name);
  return {
    pass: [{ name: "encrypted", found: exampleParameter({}, "/shop/db/password") }],
    fail: [
      {
        name: "a password",
        found: plain("/shop/db/password"),
        expect: { severity: "high", details: { type: "String" } },
      },
      { name: "capitals, and hyphens between", found: plain("SHOP_API-KEY") },
      { name: "a list", found: plain("/shop/tokens", "StringList"), expect: { details: { type: "StringList" } } },
      { name: "a folder that ends harmlessly", found: plain("/learn/username/credentials") },
      { name: "a word of one's own", found: plain("/shop/pin"), params: { secretWords: ["pin"] } },
    ],
    unknown: [{ name: "AWS does not say", found: plain("/shop/db/password", null) }],
    notApplicable: [
      { name: "nothing in its name", found: plain("/shop/db/host") },
      { name: "where a secret is", found: plain("/shop/db/secret-arn") },
      { name: "what it is called", found: plain("/shop/db/secretName") },
      { name: "its id", found: plain("/shop/token/id") },
      { name: "an ending of one's own", found: plain("/shop/tokenizer"), params: { harmlessEndings: ["izer"] } },
    ],
  };
};
