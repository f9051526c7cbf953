import type { About, Check, Examples } from "#checks/check";
import { exampleManagedInstance } from "./examples.ts";

export const check: Check<"ssm.managedInstances"> = {
  id: "ssm_patch_noncompliant",
  severity: "high",
  category: "security",
  domain: "patching",
  effort: "medium",
  confidence: 0.95,
  drift: false,
  resources: ["ssm.managedInstances"],
  decisive: ["hasCriticalOrHigh"],
  params: {},
  judge({ attributes: { instanceId, platformName }, observed }) {
    const patch = observed?.patch;
    if (patch === undefined)
      return { status: "unknown", reason: "ssm:ListResourceComplianceSummaries could not be read" };
    if (patch === null) return { status: "unknown", reason: "Patch Manager has never looked at this machine" };
    if (patch.status === "COMPLIANT") return { status: "pass" };
    if (patch.status !== "NON_COMPLIANT")
      return { status: "unknown", reason: "ssm:ListResourceComplianceSummaries gave no state that is known" };
    const hasCriticalOrHigh = patch.nonCompliant.critical + patch.nonCompliant.high > 0;
    const call = "ssm:ListResourceComplianceSummaries";
    const item = "ResourceComplianceSummaryItems[]";
    return {
      status: "fail",
      severity: hasCriticalOrHigh ? "high" : "medium",
      summary: `Machine ${instanceId} lacks patches${hasCriticalOrHigh ? ", critical or important ones among them" : ""}.`,
      details: { instanceId, platformName, hasCriticalOrHigh },
      evidence: [
        { call, field: `${item}.Status`, value: patch.status },
        {
          call,
          field: `${item}.NonCompliantSummary.SeveritySummary (CriticalCount + HighCount)`,
          value: hasCriticalOrHigh ? "above 0" : 0,
        },
      ],
    };
  },
};

export const about: About = {
  title: "Machine lacks patches its baseline asks for",
  rationale:
    "The holes these patches close are described in public, and so is how to use them. The account's own baseline says they should have been installed by now.",
  remediation:
    "Install them with Patch Manager (AWS-RunPatchBaseline, restart included). Put the machine into a patch group with a maintenance window so that the next ones come by themselves.",
  controls: {
    aws_fsbp: ["SSM.2", "SSM.3"],
    nist_800_53_r5: [
      "cm_2_2",
      "cm_2_a",
      "cm_2_b",
      "cm_2_b_1",
      "cm_2_b_2",
      "cm_2_b_3",
      "cm_3_3",
      "cm_6",
      "cm_8_1",
      "cm_8_3_a",
      "cm_8_6",
      "cm_8_a",
      "cm_8_a_1",
      "cm_8_a_2",
      "cm_8_a_3",
      "cm_8_a_4",
      "cm_8_a_5",
      "cm_8_b",
      "ra_3_a_1",
      "si_2_2",
      "si_2_5",
      "si_2_c",
      "si_2_d",
      "si_3_c_2",
    ],
    "pci_dss_4.0": ["6.3.3", "11.3.1", "11.3.1.1", "11.3.1.3"],
    soc2: ["cc_3_2", "cc_7_1"],
    iso_27001_2022: ["A.8.27"],
    hipaa: ["164_308_a_5_ii_b"],
  },
};

export const examples = (): Examples<"ssm.managedInstances"> => {
  const machine = (status: string | null, critical = 0, high = 0) =>
    exampleManagedInstance(
      {},
      { patch: { status, checkedAt: null, nonCompliant: { total: critical + high + 1, critical, high } } },
    );
  return {
    pass: [{ name: "has them all", found: exampleManagedInstance() }],
    fail: [
      {
        name: "others only",
        found: machine("NON_COMPLIANT"),
        expect: { severity: "medium", details: { hasCriticalOrHigh: false } },
      },
      { name: "a critical one", found: machine("NON_COMPLIANT", 1), expect: { severity: "high" } },
      {
        name: "an important one",
        found: machine("NON_COMPLIANT", 0, 1),
        expect: { severity: "high", details: { hasCriticalOrHigh: true } },
      },
    ],
    unknown: [
      { name: "denied", found: exampleManagedInstance({}, { patch: undefined }) },
      { name: "never looked at", found: exampleManagedInstance({}, { patch: null }) },
      { name: "AWS does not say", found: machine(null) },
    ],
  };
};
