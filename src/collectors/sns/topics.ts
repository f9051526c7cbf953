import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { CollectContext, Collector, Found } from "#collectors/collector";
import { policyOf, type PolicyStatement } from "#collectors/policy";
import { oneByOne } from "#collectors/read";
import { encryptedBy } from "#collectors/relations";
import { tagActions, taggedAs } from "#collectors/tags";
import { wholeListOf } from "#collectors/xml";

export interface Topic {
  readonly policy: readonly PolicyStatement[] | null | undefined;
  /** null: not encrypted. */
  readonly kmsMasterKeyId: string | null | undefined;
  readonly displayName: string | null | undefined;
  readonly fifo: boolean | undefined;
}

export interface TopicObserved {
  readonly subscriptionsConfirmed: number | null;
  readonly subscriptionsPending: number | null;
}

const listTopics: Operation = {
  service: "sns",
  action: "ListTopics",
  paging: { token: "NextToken", next: "NextToken" },
  lists: ["member"],
};
const getTopicAttributes: Operation = { service: "sns", action: "GetTopicAttributes", lists: ["entry"] };

const Page = z.object({ Topics: wholeListOf("member", z.object({ TopicArn: z.string() })) });
const TopicAttributes = z
  .object({ Attributes: wholeListOf("entry", z.object({ key: z.string(), value: z.string() })) })
  .transform(({ Attributes }) => new Map(Attributes.map(({ key, value }) => [key, value])));

/** Source: SNS API 2010-03-31, ListTopics (100 per page) and GetTopicAttributes for each. */
export const collector: Collector<Topic, TopicObserved, string> = {
  id: "sns.topics",
  service: "sns",
  resourceType: "AWS::SNS::Topic",
  scope: "regional",
  actions: ["sns:GetTopicAttributes", "sns:ListTopics", ...tagActions],
  async *list(context) {
    for await (const page of context.aws.walk(listTopics)) {
      yield Page.parse(page).Topics.map(({ TopicArn }) => TopicArn);
    }
  },
  describe: oneByOne(found),
};

/** null: gone since it was listed. */
async function found({ aws, place }: CollectContext, arn: string): Promise<Found<Topic, TopicObserved> | null> {
  const answer = await aws.attempt(getTopicAttributes, { TopicArn: arn }, ["NotFound"]);
  if (answer === null) return null;
  const attributes = TopicAttributes.safeParse(answer).data;
  const textOf = (name: string) => attributes && (attributes.get(name) || null);
  const countOf = (name: string) => (textOf(name) ? Number(textOf(name)) : null);
  const kmsMasterKeyId = textOf("KmsMasterKeyId");
  return {
    nativeId: arn,
    arn,
    name: arn.slice(arn.lastIndexOf(":") + 1),
    state: null,
    ...taggedAs(arn),
    createdAt: null,
    relations: encryptedBy(kmsMasterKeyId, place),
    attributes: {
      policy: attributes && policyOf(attributes.get("Policy")),
      kmsMasterKeyId,
      displayName: textOf("DisplayName"),
      fifo: attributes && attributes.get("FifoTopic") === "true",
    },
    observed: {
      subscriptionsConfirmed: countOf("SubscriptionsConfirmed"),
      subscriptionsPending: countOf("SubscriptionsPending"),
    },
  };
}
