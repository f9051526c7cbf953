import { AwsError, queryAnswer } from "../answers.ts";
import type { Call, Operation } from "../calls.ts";
import { isBare, isBusy, numberOf, pageOf, policyOf, sharing, xmlOf, type ThingService } from "./thing.ts";

/** Source: SNS API 2010-03-31. A caller cannot choose the size of a page. */
const kind = "sns.topics";
const paging = { token: "NextToken", limit: "", byDefault: 100, min: 100, max: 100 };

export const topicArnOf = ({ account, region }: Call, n: number): string =>
  `arn:aws:sns:${region}:${account.id}:topic-${n}`;

const listTopics: Operation = (call) => {
  const { numbers, next } = pageOf(call, kind, paging);
  const member = numbers.map((n) => ({ TopicArn: topicArnOf(call, n) }));
  return queryAnswer("sns", call.action, xmlOf({ Topics: { member }, NextToken: next }));
};

const missing = new AwsError("NotFound", 404, "Topic does not exist");

const getTopicAttributes: Operation = (call) => {
  const n = numberOf(call, kind, "TopicArn", missing);
  const TopicArn = topicArnOf(call, n);
  const attributes = {
    TopicArn,
    Owner: call.account.id,
    Policy: policyOf(sharing(call, n, "SNS:Publish", TopicArn)),
    DisplayName: isBusy(n) ? `topic ${n}` : "",
    ...(isBare(n) ? {} : { KmsMasterKeyId: "alias/aws/sns" }),
    SubscriptionsConfirmed: isBusy(n) ? "2" : "0",
    SubscriptionsPending: "0",
    SubscriptionsDeleted: "0",
    EffectiveDeliveryPolicy: "{}",
  };
  const entry = Object.entries(attributes).map(([key, value]) => ({ key, value }));
  return queryAnswer("sns", call.action, xmlOf({ Attributes: { entry } }));
};

export const sns: ThingService = {
  operations: { ListTopics: listTopics, GetTopicAttributes: getTopicAttributes },
  kinds: { [kind]: { isTagged: true, arnOf: topicArnOf } },
};
