import type { About, Check, Examples } from "#checks/check";
import { exampleReplicationGroup } from "./examples.ts";

export const check: Check<"elasticache.replicationGroups"> = {
  id: "elasticache_encryption_off",
  severity: "medium",
  category: "security",
  domain: "encryption",
  effort: "medium",
  confidence: 1,
  drift: true,
  resources: ["elasticache.replicationGroups"],
  decisive: ["missing"],
  params: {},
  judge({ name, nativeId, attributes }) {
    const { atRestEncryptionEnabled, transitEncryptionEnabled, authTokenEnabled, userGroupIds } = attributes;
    const parts = {
      atRest: atRestEncryptionEnabled,
      inTransit: transitEncryptionEnabled,
      auth: userGroupIds.length > 0 || authTokenEnabled,
    };
    const missing = Object.entries(parts).flatMap(([part, isThere]) => (isThere === false ? [part] : []));
    if (missing.length === 0) {
      if (!Object.values(parts).includes(null)) return { status: "pass" };
      return { status: "unknown", reason: "elasticache:DescribeReplicationGroups did not tell all of its encryption" };
    }
    return {
      status: "fail",
      severity: missing.includes("auth") && missing.includes("inTransit") ? "high" : "medium",
      summary: `Cache ${name ?? nativeId} has no ${missing.map((part) => words.get(part)).join(", no ")}.`,
      details: { missing },
      variants: missing,
      evidence: [
        { call, field: "AtRestEncryptionEnabled", value: atRestEncryptionEnabled },
        { call, field: "TransitEncryptionEnabled", value: transitEncryptionEnabled },
        { call, field: "AuthTokenEnabled", value: authTokenEnabled },
        { call, field: "UserGroupIds", value: userGroupIds },
      ],
    };
  },
};

const call = "elasticache:DescribeReplicationGroups";
const words: ReadonlyMap<string, string> = new Map([
  ["atRest", "encryption at rest"],
  ["inTransit", "encryption in transit"],
  ["auth", "login"],
]);

export const about: About = {
  title: "The cache is unencrypted or lets anybody in its network log in",
  rationale:
    "Caches hold sessions, tokens and copies of records. Without these, one machine taken over in the same network is enough to read or change them.",
  remediation:
    "Turn on encryption in transit and give clients users of a user group. Encryption at rest is chosen when a group is made: restore a backup into a new one and move over.",
  controls: {},
  variants: {
    atRest: { aws_fsbp: ["ElastiCache.4"], iso_27001_2022: ["A.8.11", "A.8.24"], "pci_dss_4.0": ["3.5.1", "8.3.2"] },
    inTransit: {
      aws_fsbp: ["ElastiCache.5"],
      iso_27001_2022: ["A.8.11", "A.8.24"],
      "pci_dss_4.0": ["2.2.7", "4.2.1", "4.2.1.1", "8.3.2"],
      soc2: ["cc_6_7"],
    },
    auth: { aws_fsbp: ["ElastiCache.6"] },
  },
};

export const examples = (): Examples<"elasticache.replicationGroups"> => {
  const group = exampleReplicationGroup;
  return {
    pass: [
      { name: "encrypted, with a password", found: group() },
      { name: "encrypted, with users", found: group({ authTokenEnabled: false, userGroupIds: ["app"] }) },
      { name: "users, and nothing about a password", found: group({ authTokenEnabled: null, userGroupIds: ["app"] }) },
    ],
    fail: [
      {
        name: "not encrypted at rest",
        found: group({ atRestEncryptionEnabled: false }),
        expect: { severity: "medium", variants: ["atRest"] },
      },
      {
        name: "not encrypted in transit",
        found: group({ transitEncryptionEnabled: false, atRestEncryptionEnabled: null }),
        expect: { severity: "medium", variants: ["inTransit"] },
      },
      {
        name: "no login",
        found: group({ authTokenEnabled: false }),
        expect: { severity: "medium", variants: ["auth"] },
      },
      {
        name: "neither login nor encryption in transit",
        found: group({ authTokenEnabled: false, transitEncryptionEnabled: false }),
        expect: { severity: "high", variants: ["inTransit", "auth"], details: { missing: ["inTransit", "auth"] } },
      },
    ],
    unknown: [
      { name: "AWS does not say of rest", found: group({ atRestEncryptionEnabled: null }) },
      { name: "AWS does not say of transit", found: group({ transitEncryptionEnabled: null }) },
      { name: "AWS does not say of a password", found: group({ authTokenEnabled: null }) },
    ],
  };
};
