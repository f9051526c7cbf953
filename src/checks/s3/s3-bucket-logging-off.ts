import type { FoundBy } from "#collectors/registry";
import type { About, Check, Examples } from "#checks/check";
import { exampleBucket } from "./examples.ts";
import { oncePerList } from "#checks/once";

export const check: Check<"s3.buckets", object, "s3.buckets"> = {
  id: "s3_bucket_logging_off",
  severity: "low",
  category: "security",
  domain: "logging_detection",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["s3.buckets"],
  reads: ["s3.buckets"],
  condense: { "s3.buckets": ({ attributes: { logging } }) => ({ logging }) },
  decisive: [],
  params: {},
  judge({ name, nativeId, attributes: { logging } }, context) {
    if (logging === undefined) return { status: "unknown", reason: "s3:GetBucketLogging could not be read" };
    if (logging !== null) return { status: "pass" };
    // A bucket that receives logs need not log itself: each log written would be logged again.
    const { targets, isComplete } = logTargets(context.others("s3.buckets"));
    if (name !== null && targets.has(name)) return null;
    if (!isComplete) {
      const reason = "s3:GetBucketLogging of other buckets could not be read, and they may log to this one";
      return { status: "unknown", reason };
    }
    return {
      status: "fail",
      summary: `Server access logging of bucket ${name ?? nativeId} is off.`,
      details: { logging },
      evidence: [{ call: "s3:GetBucketLogging", field: "LoggingEnabled", value: logging }],
    };
  },
};

interface LogTargets {
  readonly targets: ReadonlySet<string>;
  /** Was the logging of every bucket read? */
  readonly isComplete: boolean;
}

const logTargets = oncePerList((buckets: readonly FoundBy<"s3.buckets">[]): LogTargets => {
  const logging = buckets.map(({ attributes }) => attributes.logging);
  const targets = new Set(logging.flatMap((one) => one?.targetBucket ?? []));
  return { targets, isComplete: !logging.includes(undefined) };
});

export const about: About = {
  title: "Requests to the bucket are not logged",
  rationale: "After an incident nobody can say which objects were read or changed, and by whom.",
  remediation:
    "Turn on server access logging into a bucket kept for logs. Where objects are sensitive, record them as CloudTrail data events instead.",
  controls: {
    aws_fsbp: ["S3.9"],
    nist_800_53_r5: [
      "ac_2_4",
      "ac_3_1",
      "ac_3_10",
      "ac_4_26",
      "ac_6_9",
      "au_2_b",
      "au_3_a",
      "au_3_b",
      "au_3_c",
      "au_3_d",
      "au_3_e",
      "au_3_f",
      "au_6_3",
      "au_6_4",
      "au_6_6",
      "au_6_9",
      "au_8_b",
      "au_10",
      "au_12_1",
      "au_12_2",
      "au_12_3",
      "au_12_4",
      "au_12_a",
      "au_12_c",
      "au_14_3",
      "au_14_a",
      "au_14_b",
      "ca_7_b",
      "cm_5_1_b",
      "cm_6_a",
      "cm_9_b",
      "ia_3_3_b",
      "ma_4_1_a",
      "pm_14_a_1",
      "pm_14_b",
      "pm_31",
      "sc_7_9_b",
      "si_1_1_c",
      "si_3_8_b",
      "si_4_2",
      "si_4_17",
      "si_4_20",
      "si_7_8",
      "si_10_1_c",
    ],
    "pci_dss_4.0": [
      "5.3.4",
      "10.2.1",
      "10.2.1.1",
      "10.2.1.2",
      "10.2.1.3",
      "10.2.1.4",
      "10.2.1.5",
      "10.2.1.6",
      "10.2.1.7",
      "10.2.2",
      "10.3.1",
      "10.6.3",
      "A1.2.1",
    ],
    soc2: ["cc_7_2", "cc_7_3", "cc_a_1_1"],
    iso_27001_2022: ["A.8.15"],
    hipaa: ["164_308_a_1_ii_d", "164_308_a_3_ii_a", "164_308_a_6_ii", "164_312_b", "164_312_e_2_i"],
  },
};

export const examples = (): Examples<"s3.buckets"> => {
  const silent = exampleBucket({ logging: null }, { name: "acme-logs" });
  const sender = exampleBucket({ logging: { targetBucket: "acme-logs", targetPrefix: "s3/" } });
  const denied = exampleBucket({ logging: undefined });
  return {
    pass: [{ name: "it logs to another bucket", found: sender, others: { "s3.buckets": [sender, silent] } }],
    fail: [
      { name: "it logs nowhere and nobody logs to it", found: silent, others: { "s3.buckets": [silent] } },
      {
        name: "others log elsewhere",
        found: exampleBucket({ logging: null }, { name: "acme-web" }),
        others: { "s3.buckets": [sender] },
      },
    ],
    unknown: [
      { name: "denied", found: denied, others: { "s3.buckets": [denied] } },
      { name: "it may be the target of a denied one", found: silent, others: { "s3.buckets": [silent, denied] } },
    ],
    notApplicable: [
      { name: "another bucket logs to it", found: silent, others: { "s3.buckets": [denied, sender, silent] } },
    ],
  };
};
