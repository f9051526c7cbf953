import type { About, Check, Examples } from "#checks/check";
import { exampleCluster } from "./examples.ts";
import { unreadCluster } from "./shared.ts";

export const check: Check<"eks.clusters"> = {
  id: "eks_secrets_unencrypted",
  severity: "medium",
  category: "security",
  domain: "encryption",
  effort: "low",
  confidence: 0.9,
  drift: false,
  resources: ["eks.clusters"],
  decisive: [],
  params: {},
  judge({ name, nativeId, attributes: { encryptedResources, version } }) {
    if (encryptedResources === undefined) return unreadCluster;
    if (encryptedResources.includes("secrets")) return { status: "pass" };
    return {
      status: "fail",
      severity: isEncryptedByAws(version ?? "") ? "low" : "medium",
      summary: `Kubernetes secrets of cluster ${name ?? nativeId} are not encrypted with a key of the account.`,
      details: { encryptedResources, version: version ?? null },
      evidence: [
        { call: "eks:DescribeCluster", field: "cluster.encryptionConfig[].resources[]", value: encryptedResources },
      ],
    };
  },
};

/** From 1.28 on EKS encrypts everything in etcd with a key of AWS. */
function isEncryptedByAws(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 1 || (major === 1 && minor >= 28);
}

export const about: About = {
  title: "Secrets in the cluster lie under no key of yours",
  rationale:
    "Between a copy of the cluster's storage and every password in it there is then no key whose use you could forbid or see.",
  remediation:
    "Associate a KMS key with the cluster for secrets, and write the secrets anew so that it holds for the old ones. It cannot be taken away again.",
  controls: {
    aws_fsbp: ["EKS.3"],
    hipaa: ["164_308_a_4_ii_a", "164_312_a_2_iv", "164_312_e_2_ii"],
    iso_27001_2022: ["A.8.5", "A.8.11", "A.8.24"],
    "pci_dss_4.0": ["3.5.1", "8.3.2"],
  },
};

export const examples = (): Examples<"eks.clusters"> => {
  const bare = (version: string | null) => exampleCluster({ encryptedResources: [], kmsKeyArn: null, version });
  return {
    pass: [{ name: "under a key", found: exampleCluster() }],
    fail: [
      { name: "under AWS's key", found: bare("1.28"), expect: { severity: "low" } },
      { name: "before AWS did so", found: bare("1.27"), expect: { severity: "medium" } },
      { name: "version unknown", found: bare(null), expect: { severity: "medium" } },
    ],
    unknown: [{ name: "not readable", found: exampleCluster({ encryptedResources: undefined }) }],
  };
};
