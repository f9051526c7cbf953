import type { PolicyStatement } from "#collectors/policy";
import type { About, Check, Examples } from "#checks/check";
import { matches } from "#checks/public-policy";
import { exampleBucket } from "./examples.ts";

export const check: Check<"s3.buckets"> = {
  id: "s3_bucket_no_tls_policy",
  severity: "medium",
  category: "security",
  domain: "encryption",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["s3.buckets"],
  decisive: [],
  params: {},
  judge({ name, nativeId, attributes: { policy } }) {
    if (policy === undefined) return { status: "unknown", reason: "s3:GetBucketPolicy could not be read" };
    const refusals = (policy ?? []).filter(refusesPlainHttp);
    const refused = refusals.flatMap((statement) => statement.resources);
    const bucketCovered = refused.some((pattern) => matches(pattern, nativeId));
    const objectsCovered = refused.some((pattern) => coversObjects(pattern, nativeId));
    if (bucketCovered && objectsCovered) return { status: "pass" };
    return {
      status: "fail",
      summary:
        policy === null
          ? `Bucket ${name ?? nativeId} has no policy, so nothing refuses plain HTTP.`
          : `The policy of bucket ${name ?? nativeId} does not refuse plain HTTP to everyone for the bucket and all of its objects.`,
      details: { hasPolicy: policy !== null, bucketCovered, objectsCovered },
      evidence: [{ call: "s3:GetBucketPolicy", field: "Policy.Statement", value: policy === null ? null : refusals }],
    };
  },
};

/** Denies everyone every action on the one ground that the request is not (well enough) encrypted. */
function refusesPlainHttp(statement: PolicyStatement): boolean {
  const [condition, ...narrower] = statement.conditions;
  if (statement.effect !== "Deny" || !condition || narrower.length > 0) return false;
  const everyone = Object.entries(statement.principals).some(
    ([kind, names]) => (kind === "AWS" || kind === "*") && names.includes("*"),
  );
  const everyAction = statement.actions.some((action) => ["*", "s3:*"].includes(action.toLowerCase()));
  return everyone && everyAction && asksForTls(condition);
}

/** Names of operators and keys have no case (IAM User Guide, "Condition"). */
function asksForTls({ operator, key, values }: PolicyStatement["conditions"][number]): boolean {
  const test = `${operator.toLowerCase().replace(/ifexists$/, "")} ${key.toLowerCase()}`;
  if (test === "bool aws:securetransport") return values.some((value) => value.toLowerCase() === "false");
  return test === "numericlessthan s3:tlsversion" && values.some((value) => Number(value) >= 1.2);
}

/** A pattern that matches `<bucket>/` and ends in a star matches whatever follows. */
const coversObjects = (pattern: string, bucketArn: string): boolean =>
  pattern.endsWith("*") && matches(pattern, `${bucketArn}/`);

export const about: About = {
  title: "The bucket can be used without encryption in transit",
  rationale:
    "S3 also answers plain HTTP. Unless the policy refuses it, objects and signed links can be read on the way.",
  remediation:
    "Add a statement to the bucket policy that denies everyone s3:* on the bucket and on everything in it while aws:SecureTransport is false.",
  controls: {
    "cis_aws_3.0": ["2.1.1"],
    "cis_aws_5.0": ["2.1.1"],
    aws_fsbp: ["S3.5"],
    nist_800_53_r5: [
      "ac_4",
      "ac_4_22",
      "ac_17_2",
      "ac_24_1",
      "au_9_3",
      "ca_9_b",
      "cm_6_a",
      "cm_9_b",
      "ia_5_1_c",
      "pm_11_b",
      "pm_17_b",
      "sc_7_4_b",
      "sc_7_4_g",
      "sc_7_5",
      "sc_8",
      "sc_8_1",
      "sc_8_2",
      "sc_8_3",
      "sc_8_4",
      "sc_8_5",
      "sc_13_a",
      "sc_16_1",
      "sc_23",
      "si_1_a_2",
    ],
    "pci_dss_4.0": ["1.2.5", "2.2.5", "2.2.7", "4.2.1", "4.2.1.1", "8.3.2"],
    hipaa: [
      "164_308_a_1_ii_b",
      "164_312_a_2_iv",
      "164_312_c_1",
      "164_312_c_2",
      "164_312_e_1",
      "164_312_e_2_i",
      "164_312_e_2_ii",
    ],
    gdpr: ["article_32"],
    "cis_aws_4.0": ["2.1.1"],
    "cis_aws_6.0": ["3.1.1"],
    "cis_aws_7.0": ["3.1.1"],
  },
};

export const examples = (): Examples<"s3.buckets"> => {
  const refusal: PolicyStatement = {
    sid: "TlsOnly",
    effect: "Deny",
    principals: { AWS: ["*"] },
    notPrincipals: {},
    actions: ["s3:*"],
    notActions: [],
    resources: ["arn:aws:s3:::acme-data", "arn:aws:s3:::acme-data/*"],
    notResources: [],
    conditions: [{ operator: "Bool", key: "aws:SecureTransport", values: ["false"] }],
  };
  const plain = (name: string, ...policy: readonly Partial<PolicyStatement>[]) => ({
    name,
    found: exampleBucket({ policy: policy.map((statement) => ({ ...refusal, ...statement })) }),
  });
  const tls = (operator: string, key: string, ...values: readonly string[]) => ({
    conditions: [{ operator, key, values }],
  });
  const everywhere = { resources: ["*"] };
  return {
    pass: [
      plain("one statement for the bucket and its objects", {}),
      plain("two statements", { resources: ["arn:aws:s3:::acme-data"] }, { resources: ["arn:aws:s3:::acme-data/*"] }),
      plain("one pattern for both", { resources: ["arn:aws:s3:::acme-data*"] }),
      plain("any resource, any action", { ...everywhere, actions: ["*"] }),
      plain("operator and key in another case", tls("bool", "AWS:securetransport", "False")),
      plain("also where the key is missing", tls("BoolIfExists", "aws:SecureTransport", "false")),
      plain("at least TLS 1.2", tls("NumericLessThan", "s3:TlsVersion", "1.2")),
    ],
    fail: [
      { name: "no policy", found: exampleBucket({ policy: null }), expect: { details: { hasPolicy: false } } },
      plain("no statement"),
      {
        ...plain("only the objects", { resources: ["arn:aws:s3:::acme-data/*"] }),
        expect: { details: { bucketCovered: false } },
      },
      {
        ...plain("only the bucket", { resources: ["arn:aws:s3:::acme-data"] }),
        expect: { details: { objectsCovered: false } },
      },
      plain("only a part of the objects", {
        resources: ["arn:aws:s3:::acme-data", "arn:aws:s3:::acme-data/private/*"],
      }),
      plain("another bucket", { resources: ["arn:aws:s3:::acme-data-2", "arn:aws:s3:::acme-data-2/*"] }),
      plain("allows instead of denying", { effect: "Allow" }),
      plain("one role only", { principals: { AWS: ["arn:aws:iam::111122223333:role/app"] } }),
      plain("a service only", { principals: { Service: ["*"] } }),
      plain("everyone but one", { principals: {}, notPrincipals: { AWS: ["arn:aws:iam::111122223333:root"] } }),
      plain("reading only", { actions: ["s3:GetObject"] }),
      plain("refuses what is encrypted", tls("Bool", "aws:SecureTransport", "true")),
      plain("TLS 1.1 is still let in", tls("NumericLessThan", "s3:TlsVersion", "1.1")),
      plain("narrowed by a second condition", {
        conditions: [...refusal.conditions, { operator: "StringEquals", key: "aws:SourceVpce", values: ["vpce-1"] }],
      }),
      plain("no condition at all", { conditions: [] }),
      plain("a pattern made to be slow", { resources: ["*a".repeat(5000)] }),
    ],
    unknown: [{ name: "denied", found: exampleBucket({ policy: undefined }) }],
  };
};
