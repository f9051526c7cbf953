import type { About, Check, Examples } from "#checks/check";
import { condensedUsage, isInUse, usageLists, type UsageList } from "#checks/region-in-use";
import { exampleBucket } from "#checks/s3/examples";
import { exampleRecorder } from "./examples.ts";

export const check: Check<"config.recorders", object, UsageList> = {
  id: "config_recorder_off",
  severity: "medium",
  category: "compliance",
  domain: "logging_detection",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["config.recorders"],
  reads: usageLists,
  condense: {
    ...condensedUsage,
    "config.recorders": ({ attributes: { exists, isRecording }, observed }) => ({
      exists,
      isRecording,
      lastStatus: observed?.lastStatus,
      lastErrorCode: observed?.lastErrorCode,
    }),
  },
  decisive: ["reason"],
  params: {},
  judge({ attributes: { exists, isRecording }, observed }, context) {
    const { lastStatus, lastErrorCode = null } = observed ?? {};
    if (isRecording === undefined || (isRecording && lastStatus === undefined))
      return { status: "unknown", reason: "config:DescribeConfigurationRecorderStatus could not be read" };
    if (isRecording && lastStatus !== "FAILURE") return { status: "pass" };
    const reason = isRecording ? "failing" : exists ? "stopped" : "missing";
    const { region } = context.place;
    const inUse = isInUse(context);
    return {
      status: "fail",
      severity: inUse ? "medium" : "low",
      summary: {
        failing: `AWS Config cannot deliver what it records in ${region}.`,
        stopped: `AWS Config's recorder in ${region} is stopped.`,
        missing: `AWS Config has no recorder in ${region}.`,
      }[reason],
      details: { reason, inUse, ...(reason === "failing" && { lastErrorCode }) },
      evidence: [
        exists
          ? {
              call: "config:DescribeConfigurationRecorderStatus",
              field: isRecording
                ? "ConfigurationRecordersStatus[].lastStatus"
                : "ConfigurationRecordersStatus[].recording",
              value: isRecording ? "FAILURE" : false,
            }
          : { call: "config:DescribeConfigurationRecorders", field: "ConfigurationRecorders", value: [] },
      ],
    };
  },
};

export const about: About = {
  title: "AWS Config keeps no history of changes in the region",
  rationale:
    "Nobody can look up what a resource was like last week or who changed it, and most controls of Security Hub show nothing.",
  remediation:
    "Switch on the recorder for all types and give it a delivery channel. Each recorded change costs $0.003; recording once a day is cheaper.",
  controls: {
    "cis_aws_3.0": ["3.3"],
    "cis_aws_5.0": ["3.3"],
    aws_fsbp: ["Config.1"],
    soc2: ["cc_2_1", "cc_3_1", "cc_3_4", "cc_8_1", "pi_1_3"],
    iso_27001_2022: ["A.5.16", "A.5.22"],
    hipaa: ["164_308_a_1_ii_a"],
    gdpr: ["article_25", "article_30"],
    "cis_aws_6.0": ["4.3"],
    "cis_aws_7.0": ["4.3"],
  },
};

export const examples = (): Examples<"config.recorders"> => {
  const used = { "s3.buckets": [exampleBucket({})] };
  const missing = exampleRecorder({ exists: false, isRecording: null }, { lastStatus: null });
  return {
    pass: [
      { name: "it records", found: exampleRecorder(), others: used },
      { name: "it is about to deliver", found: exampleRecorder({}, { lastStatus: "PENDING" }) },
      { name: "it has delivered nothing yet", found: exampleRecorder({}, { lastStatus: null }) },
    ],
    fail: [
      { name: "none", found: missing, others: used, expect: { severity: "medium", details: { reason: "missing" } } },
      { name: "none where nothing is", found: missing, expect: { severity: "low", details: { inUse: false } } },
      {
        name: "none where a function is",
        found: missing,
        others: { "lambda.functions": [missing] },
        expect: { severity: "medium" },
      },
      {
        name: "none where an interface is",
        found: missing,
        others: { "ec2.networkInterfaces": [missing] },
        expect: { severity: "medium" },
      },
      {
        name: "none, and the buckets are elsewhere",
        found: missing,
        others: used,
        place: { region: "us-east-1" },
        expect: { severity: "low" },
      },
      { name: "stopped", found: exampleRecorder({ isRecording: false }), expect: { details: { reason: "stopped" } } },
      {
        name: "gone since it was listed",
        found: exampleRecorder({ isRecording: null }),
        expect: { details: { reason: "stopped" } },
      },
      {
        name: "it cannot deliver",
        found: exampleRecorder({}, { lastStatus: "FAILURE", lastErrorCode: "AccessDenied" }),
        expect: { details: { reason: "failing", lastErrorCode: "AccessDenied" } },
      },
    ],
    unknown: [
      { name: "denied", found: exampleRecorder({ isRecording: undefined }, { lastStatus: undefined }) },
      { name: "no word on deliveries", found: exampleRecorder({}, { lastStatus: undefined }) },
    ],
  };
};
