import { describe, it } from "vitest";
import { collector } from "#collectors/sqs/queues";
import { allOf, collect, fakeAws } from "../../support/fake-aws.ts";

const url = (name: string): string => `https://sqs.eu-west-1.amazonaws.com/111122223333/${name}`;
const arn = (name: string): string => `arn:aws:sqs:eu-west-1:111122223333:${name}`;
const list = (names: readonly string[], next?: string): string =>
  JSON.stringify({ QueueUrls: names.length > 0 ? names.map(url) : undefined, NextToken: next });
const attributes = (of: Readonly<Record<string, string>>): string => JSON.stringify({ Attributes: of });
const tagging = JSON.stringify({
  PaginationToken: "",
  ResourceTagMappingList: [{ ResourceARN: arn("orders.fifo"), Tags: [{ Key: "env", Value: "prod" }] }],
});
const listed = 'ListQueues {"MaxResults":1000}';

describe("sqs.queues", () => {
  it("reads a queue", async ({ expect }) => {
    const aws = fakeAws({
      ListQueues: list(["orders.fifo"]),
      GetResources: tagging,
      GetQueueAttributes: attributes({
        QueueArn: arn("orders.fifo"),
        ApproximateNumberOfMessages: "7",
        CreatedTimestamp: "1700000000",
        LastModifiedTimestamp: "1700000100",
        VisibilityTimeout: "30",
        MaximumMessageSize: "262144",
        MessageRetentionPeriod: "345600",
        FifoQueue: "true",
        KmsMasterKeyId: "alias/queues",
        SqsManagedSseEnabled: "false",
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn("dead.fifo"), maxReceiveCount: 5 }),
        Policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Principal: "*", Action: "sqs:SendMessage", Resource: arn("orders.fifo") }],
        }),
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
        createdAt: "2023-11-14T22:13:20.000Z",
        relations: [
          {
            kind: "encryptedBy",
            resourceType: "AWS::KMS::Alias",
            target: "arn:aws:kms:eu-west-1:111122223333:alias/queues",
          },
          { kind: "deadLettersTo", resourceType: "AWS::SQS::Queue", target: arn("dead.fifo") },
        ],
        attributes: {
          queueUrl: url("orders.fifo"),
          policy: [
            {
              sid: null,
              effect: "Allow",
              principals: { AWS: ["*"] },
              notPrincipals: {},
              actions: ["sqs:SendMessage"],
              notActions: [],
              resources: [arn("orders.fifo")],
              notResources: [],
              conditions: [],
            },
          ],
          kmsMasterKeyId: "alias/queues",
          sqsManagedSseEnabled: false,
          fifo: true,
          messageRetentionSeconds: 345_600,
          visibilityTimeoutSeconds: 30,
          deadLetterTargetArn: arn("dead.fifo"),
        },
        observed: { messages: 7 },
      },
    ]);
    expect(aws.asked).toEqual([
      listed,
      `GetQueueAttributes {"QueueUrl":"${url("orders.fifo")}","AttributeNames":["All"]}`,
      `GetResources {"ResourceARNList":["${arn("orders.fifo")}"]}`,
    ]);
  });

  it("reads a bare queue, and one with a redrive policy that is none", async ({ expect }) => {
    const aws = fakeAws({
      ListQueues: list(["bare", "odd"]),
      GetResources: tagging,
      GetQueueAttributes: ({ QueueUrl }) => attributes(QueueUrl === url("odd") ? { RedrivePolicy: "{" } : {}),
    });
    const [bare, odd] = await allOf(collector, aws);
    expect(bare).toMatchObject({ tags: {}, createdAt: null, relations: [], observed: { messages: null } });
    expect(bare?.attributes).toEqual({
      queueUrl: url("bare"),
      policy: null,
      kmsMasterKeyId: null,
      sqsManagedSseEnabled: false,
      fifo: false,
      messageRetentionSeconds: null,
      visibilityTimeoutSeconds: null,
      deadLetterTargetArn: null,
    });
    expect(odd?.attributes.deadLetterTargetArn).toBeUndefined();
  });

  it("keeps a queue whose attributes were denied, and leaves out one that is gone", async ({ expect }) => {
    const aws = fakeAws({
      ListQueues: list(["denied", "gone"]),
      GetQueueAttributes: ({ QueueUrl }) =>
        QueueUrl === url("gone")
          ? { status: 400, body: JSON.stringify({ __type: "com.amazonaws.sqs#QueueDoesNotExist", message: "No" }) }
          : undefined,
    });
    const found = await allOf(collector, aws);
    expect(found.map(({ name, tagsUnread }) => [name, tagsUnread])).toEqual([["denied", true]]);
    const { queueUrl, ...rest } = { ...found[0]?.attributes };
    expect(queueUrl).toBe(url("denied"));
    expect(new Set(Object.values(rest))).toEqual(new Set([undefined]));
    expect(aws.gaps).toEqual(["GetQueueAttributes", "GetResources"]);
  });

  it("goes through all pages", async ({ expect }) => {
    const aws = fakeAws({
      ListQueues: ({ NextToken }) => (NextToken === "t2" ? list(["c"]) : list(["a", "b"], "t2")),
      GetQueueAttributes: attributes({}),
    });
    const pages = await collect(collector, aws);
    expect(pages.map((page) => page.map(({ name }) => name))).toEqual([["a", "b"], ["c"]]);
  });

  it("makes one call for a region without queues, and fails when the list is denied", async ({ expect }) => {
    const aws = fakeAws({ ListQueues: list([]) });
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.asked).toEqual([listed]);
    await expect(allOf(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
  });
});
