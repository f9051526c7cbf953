import type { About, Check, Examples } from "#checks/check";
import { condensedUsage, isInUse, usageLists, type UsageList } from "#checks/region-in-use";
import { exampleBucket } from "#checks/s3/examples";
import type { FoundBy } from "#collectors/registry";

export const check: Check<"securityhub.hubs", object, UsageList> = {
  id: "securityhub_off",
  severity: "low",
  category: "compliance",
  domain: "logging_detection",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["securityhub.hubs"],
  reads: usageLists,
  condense: {
    ...condensedUsage,
    "securityhub.hubs": ({ attributes: { isEnabled, standards } }) => ({ isEnabled, standards }),
  },
  decisive: [],
  params: {},
  judge({ attributes: { isEnabled, standards } }, context) {
    if (isEnabled && standards?.some(({ status }) => status === "READY")) return { status: "pass" };
    if (!isInUse(context)) return null;
    if (isEnabled === undefined) return { status: "unknown", reason: "securityhub:DescribeHub could not be read" };
    if (standards === undefined)
      return { status: "unknown", reason: "securityhub:GetEnabledStandards could not be read" };
    if (standards?.some(({ status }) => status === "PENDING"))
      return { status: "unknown", reason: "Security Hub has not switched on its standards yet" };
    const { region } = context.place;
    return {
      status: "fail",
      summary: isEnabled
        ? `Security Hub is enabled in ${region}, and no standard is ready.`
        : `Security Hub is not enabled in ${region}.`,
      details: { region, isEnabled, standards: standards ?? [] },
      evidence: [
        isEnabled
          ? {
              call: "securityhub:GetEnabledStandards",
              field: "StandardsSubscriptions[].StandardsStatus",
              value: standards?.map(({ status }) => status) ?? [],
            }
          : { call: "securityhub:DescribeHub", field: "HubArn", value: null },
      ],
    };
  },
};

export const about: About = {
  title: "Security Hub checks nothing in the region",
  rationale: "What AWS's own detectors find comes together there. CIS counts a region without it as not watched.",
  remediation:
    "Switch it on with a standard you want to be held against. If the same is told elsewhere already, ignore this.",
  controls: {
    "cis_aws_3.0": ["4.16"],
    "cis_aws_5.0": ["4.16"],
    nist_800_53_r5: [
      "au_6_1",
      "au_6_5",
      "au_12_3",
      "au_14_a",
      "au_14_b",
      "ca_2_d",
      "ca_7",
      "ca_7_b",
      "pm_14_a_1",
      "pm_14_b",
      "pm_31",
    ],
    "pci_dss_4.0": ["10.2.1.1", "10.4.1", "10.4.1.1", "10.4.2", "10.6.3", "10.7.1", "10.7.2", "A3.3.1", "A3.5.1"],
    soc2: ["cc_3_1", "cc_6_8", "cc_7_1", "cc_7_2", "cc_7_3", "cc_7_4"],
    iso_27001_2022: ["A.5.1", "A.8.23"],
    hipaa: [
      "164_308_a_1_ii_d",
      "164_308_a_3_ii_a",
      "164_308_a_5_ii_c",
      "164_308_a_6_i",
      "164_308_a_6_ii",
      "164_308_a_8",
      "164_312_b",
      "164_312_e_2_i",
    ],
    "cis_aws_6.0": ["5.16"],
    "cis_aws_7.0": ["5.16"],
  },
};

export const examples = (): Examples<"securityhub.hubs"> => {
  const hub = (attributes: Partial<FoundBy<"securityhub.hubs">["attributes"]>): FoundBy<"securityhub.hubs"> => ({
    nativeId: "arn:aws:securityhub:eu-west-1:111122223333:hub/default",
    arn: null,
    name: null,
    state: null,
    tags: {},
    createdAt: null,
    attributes: { isEnabled: true, standards: [], autoEnablesControls: true, ...attributes },
  });
  const standard = (status: string) => ({
    arn: "arn:aws:securityhub:eu-west-1::standards/aws-foundational-security-best-practices/v/1.0.0",
    status,
  });
  const others = { "s3.buckets": [exampleBucket({})] };
  const none = hub({ isEnabled: false, standards: null });
  return {
    pass: [
      { name: "a standard is ready", found: hub({ standards: [standard("PENDING"), standard("READY")] }), others },
      { name: "ready where nothing is", found: hub({ standards: [standard("READY")] }) },
    ],
    fail: [
      { name: "not enabled", found: none, others, expect: { severity: "low", details: { isEnabled: false } } },
      { name: "no standard", found: hub({}), others, expect: { details: { isEnabled: true } } },
      { name: "a standard that goes", found: hub({ standards: [standard("DELETING")] }), others },
    ],
    unknown: [
      { name: "denied", found: hub({ isEnabled: undefined, standards: undefined }), others },
      { name: "standards denied", found: hub({ standards: undefined }), others },
      { name: "a standard that comes", found: hub({ standards: [standard("PENDING")] }), others },
    ],
    notApplicable: [{ name: "not enabled where nothing is", found: none }],
  };
};
