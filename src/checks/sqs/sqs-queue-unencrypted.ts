import type { About, Check, Examples } from "#checks/check";
import { exampleQueue } from "./examples.ts";

export const check: Check<"sqs.queues"> = {
  id: "sqs_queue_unencrypted",
  severity: "low",
  category: "security",
  domain: "encryption",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["sqs.queues"],
  decisive: [],
  params: {},
  judge({ name, nativeId, attributes: { kmsMasterKeyId, sqsManagedSseEnabled } }) {
    if (kmsMasterKeyId || sqsManagedSseEnabled) return { status: "pass" };
    if (kmsMasterKeyId === undefined || sqsManagedSseEnabled === undefined) {
      return { status: "unknown", reason: "sqs:GetQueueAttributes could not be read" };
    }
    return {
      status: "fail",
      summary: `Queue ${name ?? nativeId} has neither a KMS key nor encryption by SQS.`,
      details: { kmsMasterKeyId, sqsManagedSseEnabled },
      evidence: [
        { call: "sqs:GetQueueAttributes", field: "Attributes.KmsMasterKeyId", value: kmsMasterKeyId },
        { call: "sqs:GetQueueAttributes", field: "Attributes.SqsManagedSseEnabled", value: sqsManagedSseEnabled },
      ],
    };
  },
};

export const about: About = {
  title: "Messages wait in the queue unencrypted",
  rationale:
    "Queues older than the default of 2021, and those that switched it off, keep message bodies as they were sent.",
  remediation:
    "Switch on encryption with keys of SQS, which is free and needs no change in programs, or a KMS key where access has to be controlled.",
  controls: { aws_fsbp: ["SQS.1"], iso_27001_2022: ["A.8.11", "A.8.24"] },
};

export const examples = (): Examples<"sqs.queues"> => {
  const queue = (kmsMasterKeyId: string | null | undefined, sqsManagedSseEnabled: boolean | undefined) =>
    exampleQueue({ kmsMasterKeyId, sqsManagedSseEnabled });
  return {
    pass: [
      { name: "by SQS", found: queue(null, true) },
      { name: "by KMS", found: queue("alias/orders", false) },
    ],
    fail: [{ name: "by nobody", found: queue(null, false) }],
    unknown: [
      { name: "denied", found: queue(undefined, undefined) },
      { name: "the key is not known", found: queue(undefined, false) },
      { name: "SQS's own is not known", found: queue(null, undefined) },
    ],
  };
};
