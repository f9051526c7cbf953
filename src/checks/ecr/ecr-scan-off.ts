import type { About, Check, Examples } from "#checks/check";
import { exampleRepository } from "./examples.ts";

export const check: Check<"ecr.repositories"> = {
  id: "ecr_scan_off",
  severity: "medium",
  category: "security",
  domain: "patching",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["ecr.repositories"],
  decisive: [],
  params: {},
  judge({ name, nativeId, attributes: { scanOnPush, registryScanFrequency: frequency } }) {
    if (scanOnPush || frequency === "SCAN_ON_PUSH" || frequency === "CONTINUOUS_SCAN") return { status: "pass" };
    if (frequency === undefined) {
      return { status: "unknown", reason: "ecr:GetRegistryScanningConfiguration could not be read" };
    }
    return {
      status: "fail",
      summary: `Images pushed to repository ${name ?? nativeId} are not scanned.`,
      details: { scanOnPush, registryScanFrequency: frequency },
      evidence: [
        { call: "ecr:DescribeRepositories", field: "imageScanningConfiguration.scanOnPush", value: scanOnPush },
        { call: "ecr:GetRegistryScanningConfiguration", field: "rules[].scanFrequency", value: frequency },
      ],
    };
  },
};

export const about: About = {
  title: "Images are not searched for known vulnerabilities",
  rationale: "Libraries with published holes reach production, because nobody is told that an image holds them.",
  remediation:
    "In the registry's scanning settings, add a rule for all repositories that scans on push. Basic scanning costs nothing; enhanced scanning also looks again later.",
  controls: { aws_fsbp: ["ECR.1"], "pci_dss_4.0": ["11.3.1", "11.3.1.2", "11.3.1.3"] },
};

export const examples = (): Examples<"ecr.repositories"> => {
  const repository = (scanOnPush: boolean | null, registryScanFrequency: string | null | undefined) =>
    exampleRepository({ scanOnPush, registryScanFrequency });
  return {
    pass: [
      { name: "the repository says so", found: repository(true, null) },
      { name: "the repository says so, the registry is denied", found: repository(true, undefined) },
      { name: "the registry scans on push", found: repository(false, "SCAN_ON_PUSH") },
      { name: "the registry scans all the time", found: repository(false, "CONTINUOUS_SCAN") },
    ],
    fail: [
      { name: "neither says so", found: repository(false, null) },
      { name: "only when asked", found: repository(false, "MANUAL") },
      { name: "the repository says nothing", found: repository(null, null) },
    ],
    unknown: [{ name: "the registry is denied", found: repository(false, undefined) }],
  };
};
