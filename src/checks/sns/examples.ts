import type { FoundBy } from "#collectors/registry";

/** An encrypted topic that its own account may use, and what is to be different about it. */
export function exampleTopic(attributes: Partial<FoundBy<"sns.topics">["attributes"]> = {}): FoundBy<"sns.topics"> {
  const arn = "arn:aws:sns:eu-west-1:111122223333:alerts";
  return {
    nativeId: arn,
    arn,
    name: "alerts",
    state: null,
    tags: {},
    createdAt: null,
    attributes: { policy: null, kmsMasterKeyId: "alias/aws/sns", displayName: null, fifo: false, ...attributes },
    observed: { subscriptionsConfirmed: 1, subscriptionsPending: 0 },
  };
}
