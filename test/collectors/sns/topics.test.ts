import { describe, it } from "vitest";
import { collector } from "#collectors/sns/topics";
import { allOf, collect, errorXml, fakeAws } from "../../support/fake-aws.ts";

const arn = (name: string): string => `arn:aws:sns:eu-west-1:111122223333:${name}`;
const list = (names: readonly string[], next?: string): string => {
  const members = names.map((name) => `<member><TopicArn>${arn(name)}</TopicArn></member>`).join("");
  return `<ListTopicsResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><ListTopicsResult>${
    members ? `<Topics>${members}</Topics>` : "<Topics/>"
  }${next ? `<NextToken>${next}</NextToken>` : ""}</ListTopicsResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></ListTopicsResponse>`;
};
const attributes = (entries: Readonly<Record<string, string>>): string =>
  `<GetTopicAttributesResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><GetTopicAttributesResult><Attributes>${Object.entries(
    entries,
  )
    .map(([key, value]) => `<entry><key>${key}</key><value>${value}</value></entry>`)
    .join(
      "",
    )}</Attributes></GetTopicAttributesResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetTopicAttributesResponse>`;
const policy =
  "{&quot;Version&quot;:&quot;2008-10-17&quot;,&quot;Statement&quot;:[{&quot;Effect&quot;:&quot;Allow&quot;,&quot;Principal&quot;:{&quot;AWS&quot;:&quot;*&quot;},&quot;Action&quot;:&quot;SNS:Publish&quot;,&quot;Resource&quot;:&quot;*&quot;,&quot;Condition&quot;:{&quot;StringEquals&quot;:{&quot;AWS:SourceOwner&quot;:&quot;111122223333&quot;}}}]}";
const tagging = JSON.stringify({
  PaginationToken: "",
  ResourceTagMappingList: [{ ResourceARN: arn("orders.fifo"), Tags: [{ Key: "env", Value: "prod" }] }],
});

describe("sns.topics", () => {
  it("reads a topic", async ({ expect }) => {
    const aws = fakeAws({
      ListTopics: list(["orders.fifo"]),
      GetResources: tagging,
      GetTopicAttributes: attributes({
        Policy: policy,
        Owner: "111122223333",
        TopicArn: arn("orders.fifo"),
        DisplayName: "Orders",
        KmsMasterKeyId: "1234",
        FifoTopic: "true",
        SubscriptionsConfirmed: "2",
        SubscriptionsPending: "0",
        SubscriptionsDeleted: "0",
      }),
    });
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: arn("orders.fifo"),
        arn: arn("orders.fifo"),
        name: "orders.fifo",
        state: null,
        tags: { env: "prod" },
        tagsUnread: false,
        createdAt: null,
        relations: [
          { kind: "encryptedBy", resourceType: "AWS::KMS::Key", target: "arn:aws:kms:eu-west-1:111122223333:key/1234" },
        ],
        attributes: {
          policy: [
            {
              sid: null,
              effect: "Allow",
              principals: { AWS: ["*"] },
              notPrincipals: {},
              actions: ["SNS:Publish"],
              notActions: [],
              resources: ["*"],
              notResources: [],
              conditions: [{ operator: "StringEquals", key: "AWS:SourceOwner", values: ["111122223333"] }],
            },
          ],
          kmsMasterKeyId: "1234",
          displayName: "Orders",
          fifo: true,
        },
        observed: { subscriptionsConfirmed: 2, subscriptionsPending: 0 },
      },
    ]);
    expect(aws.asked).toEqual([
      "ListTopics",
      `GetTopicAttributes {"TopicArn":"${arn("orders.fifo")}"}`,
      `GetResources {"ResourceARNList":["${arn("orders.fifo")}"]}`,
    ]);
  });

  it("reads a bare topic", async ({ expect }) => {
    const aws = fakeAws({
      ListTopics: list(["bare"]),
      GetResources: tagging,
      GetTopicAttributes: attributes({ DisplayName: "", TopicArn: arn("bare") }),
    });
    expect(await allOf(collector, aws)).toMatchObject([
      {
        tags: {},
        relations: [],
        attributes: { policy: null, kmsMasterKeyId: null, displayName: null, fifo: false },
        observed: { subscriptionsConfirmed: null, subscriptionsPending: null },
      },
    ]);
  });

  it("keeps a topic whose attributes were denied, and leaves out one that is gone", async ({ expect }) => {
    const aws = fakeAws({
      ListTopics: list(["denied", "gone"]),
      GetTopicAttributes: ({ TopicArn }) =>
        TopicArn === arn("gone") ? { status: 404, body: errorXml("NotFound") } : undefined,
    });
    const found = await allOf(collector, aws);
    expect(found.map(({ name, tagsUnread }) => [name, tagsUnread])).toEqual([["denied", true]]);
    expect(new Set(Object.values({ ...found[0]?.attributes }))).toEqual(new Set([undefined]));
    expect(aws.gaps).toEqual(["GetTopicAttributes", "GetResources"]);
  });

  it("goes through all pages", async ({ expect }) => {
    const aws = fakeAws({
      ListTopics: ({ NextToken }) => (NextToken === "t2" ? list(["c"]) : list(["a", "b"], "t2")),
      GetTopicAttributes: attributes({}),
    });
    const pages = await collect(collector, aws);
    expect(pages.map((page) => page.map(({ name }) => name))).toEqual([["a", "b"], ["c"]]);
  });

  it("makes one call for a region without topics, and fails when the list is denied or none", async ({ expect }) => {
    const aws = fakeAws({ ListTopics: list([]) });
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.asked).toEqual(["ListTopics"]);
    await expect(allOf(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
    const odd = fakeAws({ ListTopics: list([]).replace("<Topics/>", "") });
    await expect(allOf(collector, odd)).rejects.toThrow();
  });
});
