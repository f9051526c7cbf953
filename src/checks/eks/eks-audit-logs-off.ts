import type { About, Check, Examples } from "#checks/check";
import { exampleCluster } from "./examples.ts";
import { unreadCluster } from "./shared.ts";

interface Params {
  /** Kinds of logs that must be on: `api`, `audit`, `authenticator`, `controllerManager`, `scheduler`. */
  readonly types: readonly string[];
}

export const check: Check<"eks.clusters", Params> = {
  id: "eks_audit_logs_off",
  severity: "medium",
  category: "security",
  domain: "logging_detection",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["eks.clusters"],
  decisive: ["missing"],
  params: { types: ["api", "audit", "authenticator"] },
  judge({ name, nativeId, attributes: { logTypes } }, { params }) {
    if (logTypes === undefined) return unreadCluster;
    const missing = params.types.filter((type) => !logTypes.includes(type));
    if (missing.length === 0) return { status: "pass" };
    return {
      status: "fail",
      summary: `Cluster ${name ?? nativeId} keeps no logs of ${missing.join(", ")}.`,
      details: { missing, logTypes },
      evidence: [{ call: "eks:DescribeCluster", field: "cluster.logging.clusterLogging[].types[]", value: logTypes }],
    };
  },
};

export const about: About = {
  title: "The cluster does not record who does what in it",
  rationale:
    "Whoever reads secrets or starts containers by way of the Kubernetes API leaves no trace that CloudTrail sees.",
  remediation:
    "Turn on the missing control plane logs, and give their log group a retention so that they do not pile up for ever.",
  controls: {
    aws_fsbp: ["EKS.8"],
    iso_27001_2022: ["A.8.15"],
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
  },
};

export const examples = (): Examples<"eks.clusters", Params> => ({
  pass: [
    { name: "all that is asked for", found: exampleCluster() },
    { name: "and more", found: exampleCluster({ logTypes: ["api", "audit", "authenticator", "scheduler"] }) },
    { name: "less is asked for", found: exampleCluster({ logTypes: ["audit"] }), params: { types: ["audit"] } },
  ],
  fail: [
    {
      name: "none",
      found: exampleCluster({ logTypes: [] }),
      expect: { details: { missing: ["api", "audit", "authenticator"] } },
    },
    {
      name: "one is off",
      found: exampleCluster({ logTypes: ["api", "audit"] }),
      expect: { severity: "medium", details: { missing: ["authenticator"] } },
    },
  ],
  unknown: [{ name: "not readable", found: exampleCluster({ logTypes: undefined }) }],
});
