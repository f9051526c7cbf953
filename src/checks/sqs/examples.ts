import type { FoundBy } from "#collectors/registry";

/** A queue encrypted by SQS that its own account may use, and what is to be different about it. */
export function exampleQueue(attributes: Partial<FoundBy<"sqs.queues">["attributes"]> = {}): FoundBy<"sqs.queues"> {
  const arn = "arn:aws:sqs:eu-west-1:111122223333:orders";
  return {
    nativeId: arn,
    arn,
    name: "orders",
    state: null,
    tags: {},
    createdAt: "2025-03-01T12:00:00.000Z",
    attributes: {
      queueUrl: "https://sqs.eu-west-1.amazonaws.com/111122223333/orders",
      policy: null,
      kmsMasterKeyId: null,
      sqsManagedSseEnabled: true,
      fifo: false,
      messageRetentionSeconds: 345_600,
      visibilityTimeoutSeconds: 30,
      deadLetterTargetArn: null,
      ...attributes,
    },
    observed: { messages: 0 },
  };
}
