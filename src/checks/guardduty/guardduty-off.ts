import type { About, Check, Examples } from "#checks/check";
import { condensedUsage, isInUse, usageLists, type UsageList } from "#checks/region-in-use";
import { exampleBucket } from "#checks/s3/examples";
import { exampleDetector, exampleNoDetector } from "./examples.ts";

export const check: Check<"guardduty.detectors", object, UsageList> = {
  id: "guardduty_off",
  severity: "high",
  category: "security",
  domain: "logging_detection",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["guardduty.detectors"],
  reads: usageLists,
  condense: {
    ...condensedUsage,
    "guardduty.detectors": ({ attributes: { detectorId, isEnabled } }) => ({ detectorId, isEnabled }),
  },
  decisive: [],
  params: {},
  judge({ attributes: { detectorId, isEnabled } }, context) {
    if (isEnabled === undefined) return { status: "unknown", reason: "guardduty:GetDetector could not be read" };
    if (isEnabled) return { status: "pass" };
    const { region } = context.place;
    const inUse = isInUse(context);
    return {
      status: "fail",
      severity: inUse ? "high" : "low",
      summary:
        detectorId === null ? `GuardDuty was never enabled in ${region}.` : `GuardDuty is suspended in ${region}.`,
      details: { region, detectorId, inUse },
      evidence: [
        detectorId === null
          ? { call: "guardduty:ListDetectors", field: "DetectorIds", value: [] }
          : { call: "guardduty:GetDetector", field: "Status", value: "DISABLED" },
      ],
    };
  },
};

export const about: About = {
  title: "GuardDuty does not watch the region",
  rationale:
    "It is what notices credentials used from strange places, machines that mine coins, and calls to servers known for malware. Without it an intruder is noticed by the bill.",
  remediation:
    "Enable GuardDuty in every region, for all accounts at once from the organization's delegated administrator. The first 30 days cost nothing and show what it would cost.",
  controls: {
    aws_fsbp: ["GuardDuty.1"],
    nist_800_53_r5: [
      "ac_2_12_a",
      "ac_3_12_b",
      "au_3_1",
      "au_6_1",
      "au_6_5",
      "au_12_3",
      "au_14_a",
      "au_14_b",
      "ca_2_d",
      "ca_7",
      "ca_7_b",
      "cm_8_3_a",
      "pe_6_2",
      "pe_6_4",
      "pm_14_a_1",
      "pm_14_b",
      "pm_16",
      "pm_31",
      "ra_1_a",
      "ra_1_a_1",
      "ra_1_a_2",
      "ra_3_4",
      "ra_3_a_1",
      "ra_5_4",
      "ra_5_a",
      "ra_10_a",
      "ra_10_a_1",
      "ra_10_a_2",
      "sc_5_1",
      "sc_5_3_a",
      "sc_5_3_b",
      "sc_5_a",
      "sc_5_b",
      "sc_43_b",
      "si_3_8_a",
      "si_4_1",
      "si_4_2",
      "si_4_3",
      "si_4_4_a",
      "si_4_4_b",
      "si_4_10",
      "si_4_13_a",
      "si_4_14",
      "si_4_23",
      "si_4_25",
      "si_4_a",
      "si_4_a_1",
      "si_4_a_2",
      "si_4_b",
      "si_4_c",
      "si_5_1",
      "si_5_b",
    ],
    "pci_dss_4.0": ["11.5.1", "11.5.1.1"],
    soc2: ["cc_3_1", "cc_3_2", "cc_4_2", "cc_6_8", "cc_7_1", "cc_7_2", "cc_7_3", "cc_7_4"],
    iso_27001_2022: ["A.5.19", "A.5.21", "A.5.25", "A.5.28", "A.5.29", "A.8.7", "A.8.9"],
    hipaa: [
      "164_308_a_1_ii_a",
      "164_308_a_1_ii_d",
      "164_308_a_3_ii_a",
      "164_308_a_5_ii_c",
      "164_308_a_6_i",
      "164_308_a_6_ii",
      "164_308_a_8",
      "164_312_b",
      "164_312_e_2_i",
    ],
  },
};

export const examples = (): Examples<"guardduty.detectors"> => {
  const used = { "s3.buckets": [exampleBucket({})] };
  return {
    pass: [
      { name: "enabled", found: exampleDetector(), others: used },
      { name: "enabled where nothing is", found: exampleDetector() },
    ],
    fail: [
      { name: "no detector", found: exampleNoDetector(), others: used, expect: { severity: "high" } },
      { name: "no detector where nothing is", found: exampleNoDetector(), expect: { severity: "low" } },
      { name: "suspended", found: exampleDetector({ isEnabled: false }), others: used, expect: { severity: "high" } },
    ],
    unknown: [{ name: "denied", found: exampleDetector({ isEnabled: undefined }), others: used }],
  };
};
