import type { About, Check, Examples } from "#checks/check";
import { exampleCluster } from "./examples.ts";
import { unreadCluster } from "./shared.ts";

export const check: Check<"eks.clusters"> = {
  id: "eks_endpoint_public",
  severity: "high",
  category: "security",
  domain: "network_exposure",
  effort: "medium",
  confidence: 1,
  drift: true,
  resources: ["eks.clusters"],
  decisive: ["sources"],
  params: {},
  judge({ name, nativeId, attributes: { endpointPublicAccess, endpointPrivateAccess, publicAccessCidrs } }) {
    if (endpointPublicAccess === false) return { status: "pass" };
    // A public endpoint always has a list of who may reach it.
    if (!endpointPublicAccess || !publicAccessCidrs || publicAccessCidrs.length === 0) return unreadCluster;
    const sources = publicAccessCidrs.filter((cidr) => cidr === "0.0.0.0/0" || cidr === "::/0");
    if (sources.length === 0) return { status: "pass" };
    const call = "eks:DescribeCluster";
    const network = "cluster.resourcesVpcConfig";
    return {
      status: "fail",
      exposure: "internet",
      summary: `The Kubernetes API of cluster ${name ?? nativeId} is open to ${sources.join(" and ")}.`,
      details: { sources, endpointPrivateAccess: endpointPrivateAccess ?? null },
      evidence: [
        { call, field: `${network}.endpointPublicAccess`, value: endpointPublicAccess },
        { call, field: `${network}.publicAccessCidrs[]`, value: publicAccessCidrs },
      ],
    };
  },
};

export const about: About = {
  title: "The cluster's Kubernetes API answers the whole internet",
  rationale:
    "A credential that leaked, or a hole in the API, can then be used from any place, and the API is the cluster.",
  remediation:
    "Turn on the private endpoint and let nodes and people use it. Then switch the public one off, or narrow it down to your own addresses.",
  controls: {
    aws_fsbp: ["EKS.1"],
    iso_27001_2022: ["A.8.1"],
    "pci_dss_4.0": ["1.2.8", "1.3.1", "1.3.2", "1.4.2", "1.5.1", "A1.1.3"],
  },
};

export const examples = (): Examples<"eks.clusters"> => {
  const open = (...publicAccessCidrs: readonly string[]) =>
    exampleCluster({ endpointPublicAccess: true, publicAccessCidrs });
  return {
    pass: [
      { name: "private", found: exampleCluster({ publicAccessCidrs: ["0.0.0.0/0"] }) },
      { name: "public for an office", found: open("203.0.113.0/24", "0.0.0.0/1") },
    ],
    fail: [
      {
        name: "public for everyone",
        found: open("203.0.113.0/24", "0.0.0.0/0"),
        expect: { severity: "high", exposure: "internet", details: { sources: ["0.0.0.0/0"] } },
      },
      { name: "over IPv6", found: open("::/0"), expect: { details: { sources: ["::/0"] } } },
    ],
    unknown: [
      { name: "not readable", found: exampleCluster({ endpointPublicAccess: undefined }) },
      { name: "AWS does not say", found: exampleCluster({ endpointPublicAccess: null }) },
      { name: "no list of who may", found: open() },
    ],
  };
};
