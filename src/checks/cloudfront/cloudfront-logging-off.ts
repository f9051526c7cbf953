import type { About, Check, Examples } from "#checks/check";
import { exampleDistribution } from "./examples.ts";
import { exposureOf, listedEvidence } from "./shared.ts";

export const check: Check<"cloudfront.distributions"> = {
  id: "cloudfront_logging_off",
  severity: "low",
  category: "security",
  domain: "logging_detection",
  effort: "low",
  // Standard logs of the second version are CloudWatch's to deliver, and do not show in a distribution.
  confidence: 0.7,
  drift: true,
  resources: ["cloudfront.distributions"],
  decisive: [],
  params: {},
  judge({ name, nativeId, attributes: distribution }) {
    const { logging, realtimeLogConfigArn } = distribution;
    if (realtimeLogConfigArn !== null || logging) return { status: "pass" };
    if (logging === undefined)
      return { status: "unknown", reason: "cloudfront:GetDistributionConfig could not be read" };
    return {
      status: "fail",
      exposure: exposureOf(distribution),
      summary: `Distribution ${name ?? nativeId} has neither standard logs of its own nor real-time logs.`,
      details: { logging, realtimeLogConfigArn },
      evidence: [
        { call: "cloudfront:GetDistributionConfig", field: "DistributionConfig.Logging.Enabled", value: false },
        listedEvidence("DefaultCacheBehavior.RealtimeLogConfigArn", null),
      ],
    };
  },
};

export const about: About = {
  title: "Requests to the distribution seem to be logged nowhere",
  rationale:
    "What the cache answers never reaches your servers, so their logs do not have it: abuse of it stays without a trace.",
  remediation:
    "Turn on standard logging to a bucket. If CloudWatch delivers this distribution's logs already (standard logging v2), ignore the finding with that reason.",
  controls: {
    aws_fsbp: ["CloudFront.5"],
    "cis_aws_7.0": ["4.10"],
    iso_27001_2022: ["A.8.15", "A.8.16"],
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
    soc2: ["cc_a_1_1", "pi_1_2"],
  },
};

export const examples = (): Examples<"cloudfront.distributions"> => {
  const arn = "arn:aws:cloudfront::111122223333:realtime-log-config/all";
  return {
    pass: [
      { name: "standard logs", found: exampleDistribution() },
      { name: "real-time logs", found: exampleDistribution({ logging: null, realtimeLogConfigArn: arn }) },
      {
        name: "real-time logs, the others not readable",
        found: exampleDistribution({ logging: undefined, realtimeLogConfigArn: arn }),
      },
    ],
    fail: [
      {
        name: "none",
        found: exampleDistribution({ logging: null }),
        expect: { severity: "low", exposure: "internet" },
      },
    ],
    unknown: [{ name: "not readable", found: exampleDistribution({ logging: undefined }) }],
  };
};
