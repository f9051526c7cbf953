import type { About, Check, Examples } from "#checks/check";
import { exampleImage } from "./examples.ts";

export const check: Check<"ec2.images"> = {
  id: "ami_public",
  severity: "critical",
  category: "security",
  domain: "data_protection",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["ec2.images"],
  decisive: ["snapshotIds"],
  params: {},
  judge({ name, attributes }) {
    if (!attributes.public) return { status: "pass" };
    const { imageId, snapshotIds } = attributes;
    return {
      status: "fail",
      exposure: "internet",
      summary: `Machine image ${imageId}${name === null ? "" : ` (${name})`} is public.`,
      details: { imageId, name, snapshotIds },
      evidence: [{ call: "ec2:DescribeImages", field: "Images[].Public", value: true }],
    };
  },
};

export const about: About = {
  title: "Machine image can be launched by every AWS account",
  rationale:
    "Anybody who starts an instance from this image holds all its files: software, configuration and any keys that were left in when it was built.",
  remediation:
    "Take the launch permission away from the group `all` (ModifyImageAttribute), replace secrets the image contains, and block public sharing of images for the region.",
  controls: {
    iso_27001_2022: ["A.8.1"],
    soc2: ["cc_6_6"],
  },
};

export const examples = (): Examples<"ec2.images"> => ({
  pass: [{ name: "private", found: exampleImage() }],
  fail: [
    {
      name: "public",
      found: exampleImage({ public: true }),
      expect: { exposure: "internet", details: { imageId: "ami-0123456789abcdef0" } },
    },
    { name: "public without a name", found: exampleImage({ public: true, imageName: null }, { name: null }) },
  ],
});
