import type { About, Check, Examples } from "#checks/check";
import { exampleCluster } from "./examples.ts";

export const check: Check<"redshift.clusters"> = {
  id: "redshift_unencrypted",
  severity: "high",
  category: "security",
  domain: "encryption",
  effort: "medium",
  confidence: 1,
  drift: true,
  resources: ["redshift.clusters"],
  decisive: [],
  params: {},
  judge({ name, nativeId, attributes: { encrypted } }) {
    if (encrypted === null) {
      return { status: "unknown", reason: "redshift:DescribeClusters did not say whether it is encrypted" };
    }
    if (encrypted) return { status: "pass" };
    return {
      status: "fail",
      summary: `The storage of warehouse ${name ?? nativeId} is not encrypted.`,
      details: { encrypted },
      evidence: [{ call: "redshift:DescribeClusters", field: "Encrypted", value: encrypted }],
    };
  },
};

export const about: About = {
  title: "The warehouse is stored unencrypted",
  rationale: "What the company knows lies together here, and its blocks and snapshots open without a key.",
  remediation:
    "Change the cluster to be encrypted under a KMS key. Redshift rewrites the data while the cluster stays in use, more slowly.",
  controls: { aws_fsbp: ["Redshift.10"], iso_27001_2022: ["A.8.24"], "pci_dss_4.0": ["3.5.1", "8.3.2"] },
};

export const examples = (): Examples<"redshift.clusters"> => ({
  pass: [{ name: "encrypted", found: exampleCluster() }],
  fail: [{ name: "in clear text", found: exampleCluster({ encrypted: false }) }],
  unknown: [{ name: "AWS does not say", found: exampleCluster({ encrypted: null }) }],
});
