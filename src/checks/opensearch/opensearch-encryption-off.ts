import type { About, Check, Examples } from "#checks/check";
import { exampleDomain } from "./examples.ts";

export const check: Check<"opensearch.domains"> = {
  id: "opensearch_encryption_off",
  severity: "high",
  category: "security",
  domain: "encryption",
  effort: "medium",
  confidence: 1,
  drift: true,
  resources: ["opensearch.domains"],
  decisive: ["missing"],
  params: {},
  judge({ name, nativeId, attributes }) {
    const { encryptionAtRestEnabled, nodeToNodeEncryptionEnabled, enforceHttps, tlsSecurityPolicy } = attributes;
    const settings = [encryptionAtRestEnabled, nodeToNodeEncryptionEnabled, enforceHttps, tlsSecurityPolicy];
    if (settings.includes(undefined)) return { status: "unknown", reason: `${call} could not be read` };
    const missing = [
      ...(encryptionAtRestEnabled ? [] : ["atRest"]),
      ...(nodeToNodeEncryptionEnabled ? [] : ["nodeToNode"]),
      ...(enforceHttps ? [] : ["https"]),
      ...(tlsSecurityPolicy === "Policy-Min-TLS-1-0-2019-07" ? ["tls"] : []),
    ];
    if (missing.length === 0) return { status: "pass" };
    return {
      status: "fail",
      summary: `Search domain ${name ?? nativeId} ${missing.map((part) => words.get(part)).join(", ")}.`,
      details: { missing },
      variants: missing,
      evidence: [
        { call, field: "EncryptionAtRestOptions.Enabled", value: encryptionAtRestEnabled },
        { call, field: "NodeToNodeEncryptionOptions.Enabled", value: nodeToNodeEncryptionEnabled },
        { call, field: "DomainEndpointOptions.EnforceHTTPS", value: enforceHttps },
        { call, field: "DomainEndpointOptions.TLSSecurityPolicy", value: tlsSecurityPolicy },
      ],
    };
  },
};

const call = "es:DescribeDomains";
const words: ReadonlyMap<string, string> = new Map([
  ["atRest", "does not encrypt what it stores"],
  ["nodeToNode", "does not encrypt between its nodes"],
  ["https", "answers plain HTTP"],
  ["tls", "accepts TLS 1.0"],
]);

export const about: About = {
  title: "The search domain stores or sends data unencrypted",
  rationale:
    "Documents, and the logins that come with queries, can be read by whoever gets at a disk or at the network.",
  remediation:
    "Require HTTPS with a policy of TLS 1.2 or newer, and turn on encryption at rest and between nodes. Recent versions take all of it without a new domain.",
  controls: {},
  variants: {
    atRest: {
      aws_fsbp: ["ES.1", "OpenSearch.1"],
      gdpr: ["article_32"],
      hipaa: ["164_308_a_1_ii_b", "164_308_a_4_ii_a", "164_312_a_2_iv", "164_312_e_2_ii"],
      iso_27001_2022: ["A.8.11", "A.8.24"],
      nist_800_53_r5: ["au_9_3", "cp_9_d", "sc_8_3", "sc_8_4", "sc_13_a", "sc_28_1", "si_19_4"],
      "pci_dss_4.0": ["3.5.1", "8.3.2"],
    },
    nodeToNode: {
      aws_fsbp: ["ES.3", "OpenSearch.3"],
      gdpr: ["article_32"],
      hipaa: ["164_308_a_4_ii_a", "164_312_e_1"],
      iso_27001_2022: ["A.8.12", "A.8.24"],
      nist_800_53_r5: [
        "ac_4",
        "ac_4_22",
        "ac_24_1",
        "au_9_3",
        "ca_9_b",
        "pm_17_b",
        "sc_7_4_b",
        "sc_7_4_g",
        "sc_8",
        "sc_8_1",
        "sc_8_2",
        "sc_8_3",
        "sc_8_4",
        "sc_8_5",
        "sc_13_a",
        "sc_23",
        "si_1_a_2",
      ],
      "pci_dss_4.0": ["1.2.5", "2.2.5", "2.2.7", "4.2.1", "4.2.1.1", "8.3.2"],
    },
    https: { aws_fsbp: ["OpenSearch.8"], "pci_dss_4.0": ["1.2.5", "2.2.5", "2.2.7", "4.2.1", "4.2.1.1", "8.3.2"] },
    tls: { aws_fsbp: ["OpenSearch.8"] },
  },
};

export const examples = (): Examples<"opensearch.domains"> => {
  const domain = exampleDomain;
  const old = "Policy-Min-TLS-1-0-2019-07";
  return {
    pass: [
      { name: "all on", found: domain() },
      { name: "a newer TLS policy", found: domain({ tlsSecurityPolicy: "Policy-Min-TLS-1-2-PFS-2023-10" }) },
    ],
    fail: [
      { name: "not at rest", found: domain({ encryptionAtRestEnabled: false }), expect: { variants: ["atRest"] } },
      {
        name: "not between nodes",
        found: domain({ nodeToNodeEncryptionEnabled: null }),
        expect: { variants: ["nodeToNode"] },
      },
      { name: "HTTP", found: domain({ enforceHttps: false }), expect: { variants: ["https"] } },
      { name: "TLS 1.0", found: domain({ tlsSecurityPolicy: old }), expect: { severity: "high", variants: ["tls"] } },
      {
        name: "nothing at all",
        found: domain({
          encryptionAtRestEnabled: false,
          nodeToNodeEncryptionEnabled: false,
          enforceHttps: false,
          tlsSecurityPolicy: old,
        }),
        expect: { details: { missing: ["atRest", "nodeToNode", "https", "tls"] } },
      },
    ],
    unknown: [
      { name: "rest is not known", found: domain({ encryptionAtRestEnabled: undefined }) },
      { name: "nodes are not known", found: domain({ nodeToNodeEncryptionEnabled: undefined }) },
      { name: "HTTPS is not known", found: domain({ enforceHttps: undefined }) },
      { name: "TLS is not known", found: domain({ tlsSecurityPolicy: undefined }) },
    ],
  };
};
