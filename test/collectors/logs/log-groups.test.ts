import { describe, it } from "vitest";
import { collector } from "#collectors/logs/log-groups";
import { allOf, collect, fakeAws } from "../../support/fake-aws.ts";

const arn = (name: string): string => `arn:aws:logs:eu-west-1:111122223333:log-group:${name}`;
const list = (groups: readonly unknown[], nextToken?: string): string =>
  JSON.stringify({ logGroups: groups, nextToken });
const tagging = JSON.stringify({
  PaginationToken: "",
  ResourceTagMappingList: [{ ResourceARN: arn("/aws/lambda/shop"), Tags: [{ Key: "env", Value: "prod" }] }],
});
const listed = 'DescribeLogGroups {"limit":50}';

describe("logs.logGroups", () => {
  it("reads a log group", async ({ expect }) => {
    const key = "arn:aws:kms:eu-west-1:111122223333:key/1";
    const group = {
      logGroupName: "/aws/lambda/shop",
      creationTime: 1_700_000_000_123,
      retentionInDays: 90,
      metricFilterCount: 1,
      arn: `${arn("/aws/lambda/shop")}:*`,
      storedBytes: 100 * 2 ** 30,
      kmsKeyId: key,
      dataProtectionStatus: "ACTIVATED",
      inheritedProperties: [],
      logGroupClass: "STANDARD",
      logGroupArn: arn("/aws/lambda/shop"),
      deletionProtectionEnabled: true,
    };
    const here = (text: string) => text.replace("eu-west-1", "us-east-1");
    const aws = fakeAws({ DescribeLogGroups: list([group]), GetResources: here(tagging) }, { region: "us-east-1" });
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: here(arn("/aws/lambda/shop")),
        arn: here(arn("/aws/lambda/shop")),
        name: "/aws/lambda/shop",
        state: null,
        tags: { env: "prod" },
        tagsUnread: false,
        createdAt: "2023-11-14T22:13:20.123Z",
        costMonthly: 3,
        relations: [{ kind: "encryptedBy", resourceType: "AWS::KMS::Key", target: key }],
        attributes: {
          retentionInDays: 90,
          logGroupClass: "STANDARD",
          kmsKeyId: key,
          metricFilterCount: 1,
          dataProtectionStatus: "ACTIVATED",
          deletionProtection: true,
        },
        observed: { storedBytes: 100 * 2 ** 30 },
      },
    ]);
    expect(aws.asked).toEqual([listed, `GetResources {"ResourceARNList":["${here(arn("/aws/lambda/shop"))}"]}`]);
  });

  it("reads a bare one, kept for ever, and tells unread tags from none", async ({ expect }) => {
    const bare = { logGroupName: "/aws/lambda/shop" };
    const [found] = await allOf(collector, fakeAws({ DescribeLogGroups: list([bare]) }));
    expect(new Set(Object.values({ ...found?.attributes }))).toEqual(new Set([null]));
    expect(found).toMatchObject({ createdAt: null, costMonthly: null, relations: [], tags: {}, tagsUnread: true });
    const [tagged] = await allOf(collector, fakeAws({ DescribeLogGroups: list([bare]), GetResources: tagging }));
    expect(tagged).toMatchObject({ tags: { env: "prod" }, tagsUnread: false });
  });

  it("goes through all pages", async ({ expect }) => {
    const group = (name: string) => ({ logGroupName: name, storedBytes: 0 });
    const aws = fakeAws({
      DescribeLogGroups: ({ nextToken }) =>
        nextToken === "t2" ? list([group("c")]) : list([group("a"), group("b")], "t2"),
    });
    const pages = await collect(collector, aws);
    expect(pages.map((page) => page.map(({ name }) => name))).toEqual([["a", "b"], ["c"]]);
  });

  it("makes one call for a region without log groups, and fails when the list is denied or none", async ({
    expect,
  }) => {
    const aws = fakeAws({ DescribeLogGroups: list([]) });
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.asked).toEqual([listed]);
    await expect(allOf(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
    await expect(allOf(collector, fakeAws({ DescribeLogGroups: "{}" }))).rejects.toThrow();
  });
});
