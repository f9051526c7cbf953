import type { About, Check, Examples } from "#checks/check";
import { condensedUsage, isInUse, usageLists, type UsageList } from "#checks/region-in-use";
import type { FoundBy } from "#collectors/registry";

export const check: Check<"accessanalyzer.analyzers", object, UsageList> = {
  id: "access_analyzer_off",
  severity: "low",
  category: "security",
  domain: "logging_detection",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["accessanalyzer.analyzers"],
  reads: usageLists,
  condense: {
    "accessanalyzer.analyzers": ({ attributes: { analyzers } }) => ({ analyzers }),
    ...condensedUsage,
  },
  decisive: [],
  params: {},
  /** Regions nobody works in are left out. */
  judge({ attributes: { analyzers } }, context) {
    const { region } = context.place;
    if (analyzers.some(({ type, status }) => status === "ACTIVE" && /^(ACCOUNT|ORGANIZATION)$/.test(type)))
      return { status: "pass" };
    if (!isInUse(context)) return null;
    return {
      status: "fail",
      summary: `No analyzer of IAM Access Analyzer looks for access from outside in ${region}.`,
      details: { region, analyzers: analyzers.map(({ name, type, status }) => ({ name, type, status })) },
      evidence: [{ call: "access-analyzer:ListAnalyzers", field: "analyzers[].status", value: statuses(analyzers) }],
    };
  },
};

const statuses = (analyzers: FoundBy<"accessanalyzer.analyzers">["attributes"]["analyzers"]) =>
  analyzers.map(({ type, status }) => `${type}: ${status}`);

export const about: About = {
  title: "Nothing looks for access from outside in a region",
  rationale:
    "Buckets, keys, queues and secrets that were shared with strangers are noticed late, or by the strangers first.",
  remediation:
    "Create an analyzer for external access in every region in use; it costs nothing. One for the whole organization does for its accounts.",
  controls: {
    "cis_aws_3.0": ["1.20"],
    "cis_aws_5.0": ["1.19"],
    "cis_aws_6.0": ["2.19"],
    "cis_aws_7.0": ["2.18"],
    iso_27001_2022: ["A.8.3"],
  },
};

export function examples(): Examples<"accessanalyzer.analyzers"> {
  const region = (...analyzers: readonly (readonly [type: string, status: string])[]) => ({
    nativeId: "access-analyzer/eu-west-1",
    arn: null,
    name: null,
    state: null,
    tags: {},
    createdAt: null,
    attributes: {
      analyzers: analyzers.map(([type, status], at) => ({ arn: `arn:${at}`, name: `analyzer-${at}`, type, status })),
    },
  });
  const bucketIn = (where: string) => ({
    "s3.buckets": [{ nativeId: "arn:aws:s3:::acme", region: where, attributes: {} }],
  });
  const others = bucketIn("eu-west-1");
  return {
    pass: [
      { name: "one for the account", found: region(["ACCOUNT", "ACTIVE"]), others },
      { name: "one for the organization", found: region(["ORGANIZATION", "ACTIVE"]), others },
    ],
    fail: [
      { name: "none, and a bucket", found: region(), others, expect: { severity: "low", details: { analyzers: [] } } },
      {
        name: "none, and a function",
        found: region(),
        others: {
          "lambda.functions": [{ nativeId: "arn:aws:lambda:eu-west-1:111122223333:function:a", attributes: {} }],
        },
      },
      { name: "only for unused access", found: region(["ACCOUNT_UNUSED_ACCESS", "ACTIVE"]), others },
      { name: "switched off", found: region(["ACCOUNT", "DISABLED"]), others },
    ],
    notApplicable: [
      { name: "nothing there", found: region() },
      { name: "a bucket elsewhere", found: region(), others: bucketIn("us-east-1") },
    ],
  };
}
