import type { About, Check, Examples } from "#checks/check";
import { exampleImages, exampleRepository, exampleUnreadImages } from "./examples.ts";

interface Params {
  /** So many critical and high findings together. */
  readonly minCount: number;
}

export const check: Check<"ecr.repositories", Params> = {
  id: "ecr_image_vulnerabilities",
  severity: "high",
  category: "security",
  domain: "patching",
  effort: "medium",
  confidence: 0.85,
  drift: false,
  resources: ["ecr.repositories"],
  decisive: [],
  params: { minCount: 1 },
  judge({ name, nativeId, observed }, { params }) {
    const images = observed?.images;
    if (images === undefined) return { status: "unknown", reason: "ecr:DescribeImages could not be read" };
    if (images.latest === null) return null;
    const { digest, tags, pushedAt, scanStatus, findingSeverityCounts: counts } = images.latest;
    if (counts === null) {
      return {
        status: "unknown",
        reason: `The latest image has no findings of a scan (${scanStatus ?? "never scanned"})`,
      };
    }
    const { CRITICAL: critical = 0, HIGH: high = 0 } = counts;
    if (critical + high < params.minCount) return { status: "pass" };
    return {
      status: "fail",
      severity: critical > 0 ? "high" : "medium",
      summary: `Image ${tags.join(", ")} of repository ${name ?? nativeId} has ${critical} critical and ${high} high vulnerabilities.`,
      details: { digest, tags, pushedAt, critical, high },
      evidence: [
        { call, field: "imageDetails[].imageDigest", value: digest },
        { call, field: "imageDetails[].imageScanFindingsSummary.findingSeverityCounts.CRITICAL", value: critical },
        { call, field: "imageDetails[].imageScanFindingsSummary.findingSeverityCounts.HIGH", value: high },
      ],
    };
  },
};

const call = "ecr:DescribeImages";

export const about: About = {
  title: "The newest image contains serious known vulnerabilities",
  rationale:
    "It is the image that runs next, if it does not run already, and tools that exploit such holes are public.",
  remediation:
    "Build the image again from an up-to-date base with updated dependencies, push it, and roll it out. Where no fix exists, see whether the package is needed at all.",
  controls: {},
};

export const examples = (): Examples<"ecr.repositories", Params> => {
  const scanned = (
    findingSeverityCounts: Readonly<Record<string, number>> | null,
    scanStatus: string | null = "COMPLETE",
  ) => {
    const { latest } = exampleImages();
    return exampleRepository({}, exampleImages({ latest: latest && { ...latest, scanStatus, findingSeverityCounts } }));
  };
  return {
    pass: [
      { name: "nothing found", found: scanned({}) },
      { name: "nothing serious", found: scanned({ MEDIUM: 12, LOW: 40 }) },
      { name: "fewer than asked for", found: scanned({ HIGH: 4 }), params: { minCount: 5 } },
    ],
    fail: [
      {
        name: "one critical",
        found: scanned({ CRITICAL: 1 }),
        expect: { severity: "high", details: { critical: 1, high: 0 } },
      },
      { name: "one high", found: scanned({ HIGH: 1, LOW: 3 }, "ACTIVE"), expect: { severity: "medium" } },
      {
        name: "as many as asked for",
        found: scanned({ HIGH: 4, CRITICAL: 1 }),
        params: { minCount: 5 },
        expect: { severity: "high" },
      },
    ],
    unknown: [
      { name: "denied", found: exampleUnreadImages() },
      { name: "never scanned", found: scanned(null, null) },
      { name: "the scan failed", found: scanned(null, "FAILED") },
    ],
    notApplicable: [{ name: "no tagged image", found: exampleRepository({}, exampleImages({ latest: null })) }],
  };
};
