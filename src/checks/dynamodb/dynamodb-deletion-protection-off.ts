import type { About, Check, Examples } from "#checks/check";
import { environmentOf, environmentParams, isOneOf, type EnvironmentParams } from "#checks/environment";
import { exampleTable } from "./examples.ts";

interface Params extends EnvironmentParams {
  /** `production`: only tables whose tags say that they are. */
  readonly scope: "production" | "all";
}

export const check: Check<"dynamodb.tables", Params> = {
  id: "dynamodb_deletion_protection_off",
  severity: "low",
  category: "reliability",
  domain: "resilience",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["dynamodb.tables"],
  decisive: [],
  params: { scope: "production", ...environmentParams },
  judge({ name, nativeId, tags, tagsUnread, attributes: { deletionProtectionEnabled: isProtected } }, { params }) {
    const environment = environmentOf(tags, params.envTagKeys);
    if (params.scope === "production") {
      if (tagsUnread) return { status: "unknown", reason: "Its tags, which tell production, could not be read" };
      if (!isOneOf(environment, params.prodValues)) return null;
    }
    if (isProtected === undefined) return { status: "unknown", reason: "dynamodb:DescribeTable could not be read" };
    if (isProtected) return { status: "pass" };
    return {
      status: "fail",
      summary: `Deletion protection of table ${name ?? nativeId} is off.`,
      details: { environment },
      evidence: [{ call: "dynamodb:DescribeTable", field: "DeletionProtectionEnabled", value: isProtected }],
    };
  },
};

export const about: About = {
  title: "Nothing keeps the table from being deleted by mistake",
  rationale: "A stack that is renamed, or a script run in the wrong account, takes the table and all items with it.",
  remediation: "Switch on deletion protection for the table. It costs nothing and is switched off again when needed.",
  controls: { aws_fsbp: ["DynamoDB.6", "DynamoDB.7"] },
};

export const examples = (): Examples<"dynamodb.tables", Params> => {
  const production = { tags: { Stage: "Live" } };
  const off = { deletionProtectionEnabled: false };
  return {
    pass: [{ name: "production, protected", found: exampleTable({}, production) }],
    fail: [
      { name: "production", found: exampleTable(off, production), expect: { details: { environment: "live" } } },
      { name: "AWS does not name it", found: exampleTable({ deletionProtectionEnabled: null }, production) },
      {
        name: "any table, asked for all, whatever its tags",
        found: exampleTable(off, { tagsUnread: true }),
        params: { scope: "all" },
      },
    ],
    unknown: [
      { name: "denied", found: exampleTable({ deletionProtectionEnabled: undefined }, production) },
      { name: "its tags could not be read", found: exampleTable(off, { tagsUnread: true }) },
    ],
    notApplicable: [
      { name: "nothing says production", found: exampleTable(off) },
      { name: "a test table", found: exampleTable(off, { tags: { env: "test" } }) },
    ],
  };
};
