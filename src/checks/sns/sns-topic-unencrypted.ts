import type { About, Check, Examples } from "#checks/check";
import { exampleTopic } from "./examples.ts";

export const check: Check<"sns.topics"> = {
  id: "sns_topic_unencrypted",
  severity: "low",
  category: "compliance",
  domain: "encryption",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["sns.topics"],
  decisive: [],
  params: {},
  judge({ name, nativeId, attributes: { kmsMasterKeyId } }) {
    if (kmsMasterKeyId === undefined) return { status: "unknown", reason: "sns:GetTopicAttributes could not be read" };
    if (kmsMasterKeyId !== null) return { status: "pass" };
    return {
      status: "fail",
      summary: `Topic ${name ?? nativeId} has no KMS key.`,
      details: { kmsMasterKeyId },
      evidence: [{ call: "sns:GetTopicAttributes", field: "Attributes.KmsMasterKeyId", value: kmsMasterKeyId }],
    };
  },
};

export const about: About = {
  title: "Messages of the topic are not encrypted under a KMS key",
  rationale: "With a key, who may read messages while SNS keeps them is decided, logged and revoked in one more place.",
  remediation:
    "Choose a KMS key for the topic. Services and roles that publish to it need kms:GenerateDataKey and kms:Decrypt on that key.",
  controls: {
    aws_fsbp: ["SNS.1"],
    gdpr: ["article_32"],
    hipaa: ["164_308_a_1_ii_b", "164_308_a_4_ii_a", "164_312_a_2_iv", "164_312_e_2_ii"],
    iso_27001_2022: ["A.8.3", "A.8.11", "A.8.24"],
    nist_800_53_r5: ["au_9_3", "cp_9_d", "sc_8_3", "sc_8_4", "sc_13_a", "sc_28_1"],
    "pci_dss_4.0": ["3.5.1", "8.3.2"],
    soc2: ["pi_1_4"],
  },
};

export const examples = (): Examples<"sns.topics"> => ({
  pass: [{ name: "a key", found: exampleTopic() }],
  fail: [{ name: "no key", found: exampleTopic({ kmsMasterKeyId: null }) }],
  unknown: [{ name: "denied", found: exampleTopic({ kmsMasterKeyId: undefined }) }],
});
