import type { About, Check, Examples } from "#checks/check";
import { imagesMonthlyUsd } from "#prices/ecr";
import { cents, roughly } from "#prices/prices";
import { inRegion } from "#prices/regions";
import { exampleImages, exampleRepository, exampleUnreadImages } from "./examples.ts";

interface Params {
  /** More images than these. */
  readonly minImages: number;
  /** Images not pushed or pulled for so long could go. Only of 90 days it is known how much that saves. */
  readonly keepDays: number;
}

export const check: Check<"ecr.repositories", Params> = {
  id: "ecr_no_lifecycle",
  severity: "low",
  category: "cost",
  domain: "cost",
  effort: "low",
  confidence: 0.6,
  drift: false,
  resources: ["ecr.repositories"],
  decisive: [],
  params: { minImages: 20, keepDays: 90 },
  judge({ name, nativeId, attributes: { lifecycleRules }, observed }, { params, place }) {
    if (lifecycleRules === undefined) return { status: "unknown", reason: "ecr:GetLifecyclePolicy could not be read" };
    if (lifecycleRules !== null) return { status: "pass" };
    const images = observed?.images;
    if (images === undefined) return { status: "unknown", reason: "ecr:DescribeImages could not be read" };
    if (images.count <= params.minImages) return { status: "pass" };
    const monthly = inRegion(roughly(imagesMonthlyUsd(images.unusedSizeBytes)), place.region);
    return {
      status: "fail",
      summary: `Repository ${name ?? nativeId} has more than ${params.minImages} images and no lifecycle policy.`,
      details: { ...params },
      evidence: [
        { call: "ecr:GetLifecyclePolicy", field: "lifecyclePolicyText", value: null },
        { call: "ecr:DescribeImages", field: "imageDetails", value: `more than ${params.minImages}` },
      ],
      savingsMonthly: params.keepDays === 90 && monthly !== null ? cents(monthly) : null,
    };
  },
};

export const about: About = {
  title: "The repository never removes an image",
  rationale:
    "Each build leaves an image behind that is paid for every month and shows up in every vulnerability report.",
  remediation:
    "Add a lifecycle policy: untagged images go after a week, and of the tagged ones the last few releases stay. Preview it before it takes effect.",
  controls: { aws_fsbp: ["ECR.3"], "pci_dss_4.0": ["3.2.1", "3.3.1.1", "3.3.1.3", "3.3.2", "3.3.3", "10.5.1"] },
};

export const examples = (): Examples<"ecr.repositories", Params> => {
  const rule = { priority: 1, tagStatus: "untagged", countType: "sinceImagePushed", countNumber: 7 };
  const repository = (count: number, unusedGib = 0) =>
    exampleRepository({}, exampleImages({ count, unusedSizeBytes: unusedGib * 2 ** 30 }));
  const place = { region: "us-east-1" };
  return {
    pass: [
      { name: "a policy", found: exampleRepository({ lifecycleRules: [rule] }, exampleImages({ count: 5000 })) },
      { name: "exactly as many images as are few", found: repository(20, 100) },
    ],
    fail: [
      { name: "one more", found: repository(21), place, expect: { savingsMonthly: 0 } },
      { name: "100 GiB out of use", found: repository(200, 100), place, expect: { savingsMonthly: 10 } },
      { name: "a few bytes more", found: repository(200, 100.4), place, expect: { savingsMonthly: 10 } },
      { name: "dearer where it stands", found: repository(200, 100), expect: { savingsMonthly: 11.1 } },
      { name: "another time to keep", found: repository(200, 100), params: { keepDays: 30 } },
    ],
    unknown: [
      { name: "the policy is denied", found: exampleRepository({ lifecycleRules: undefined }) },
      { name: "the images are denied", found: exampleUnreadImages() },
    ],
  };
};
