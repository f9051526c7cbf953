import { describe, it } from "vitest";
import { collector } from "#collectors/ssm/parameters";
import { allOf, collect, fakeAws } from "../../support/fake-aws.ts";

const arn = (path: string): string => `arn:aws:ssm:eu-west-1:111122223333:parameter/${path}`;
const policy = (type: string, attributes: object) => ({
  PolicyText: JSON.stringify({ Type: type, Version: "1.0", Attributes: attributes }),
  PolicyType: type,
  PolicyStatus: "Pending",
});
const list = (parameters: readonly unknown[], next?: string): string =>
  JSON.stringify({ Parameters: parameters, NextToken: next });
const tagging = JSON.stringify({
  PaginationToken: "",
  ResourceTagMappingList: [{ ResourceARN: arn("shop/db"), Tags: [{ Key: "env", Value: "prod" }] }],
});
const listed = 'DescribeParameters {"MaxResults":50}';

describe("ssm.parameters", () => {
  it("reads a parameter and what its policies say", async ({ expect }) => {
    const parameter = {
      Name: "/shop/db",
      ARN: arn("shop/db"),
      Type: "SecureString",
      KeyId: "alias/aws/ssm",
      LastModifiedDate: 1_700_000_000.123,
      LastModifiedUser: "arn:aws:iam::111122223333:user/ann",
      Version: 3,
      Tier: "Advanced",
      Policies: [
        policy("Expiration", { Timestamp: "2027-01-15T08:00:00.000Z" }),
        policy("ExpirationNotification", { Before: "15", Unit: "Days" }),
        policy("NoChangeNotification", { After: "20", Unit: "Days" }),
      ],
      DataType: "text",
    };
    const aws = fakeAws({ DescribeParameters: list([parameter]), GetResources: tagging });
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: arn("shop/db"),
        arn: arn("shop/db"),
        name: "/shop/db",
        state: null,
        tags: { env: "prod" },
        tagsUnread: false,
        createdAt: null,
        expiresAt: "2027-01-15T08:00:00.000Z",
        costMonthly: null,
        relations: [
          {
            kind: "encryptedBy",
            resourceType: "AWS::KMS::Alias",
            target: "arn:aws:kms:eu-west-1:111122223333:alias/aws/ssm",
          },
        ],
        attributes: {
          type: "SecureString",
          tier: "Advanced",
          dataType: "text",
          kmsKeyId: "alias/aws/ssm",
          lastModifiedAt: "2023-11-14T22:13:20.123Z",
          expiresAt: "2027-01-15T08:00:00.000Z",
          noChangeAfterHours: 480,
        },
      },
    ]);
    expect(aws.asked).toEqual([listed, `GetResources {"ResourceARNList":["${arn("shop/db")}"]}`]);
  });

  it("reads a bare one, whose tags were denied", async ({ expect }) => {
    const bare = { Name: "bare", Type: "String", Tier: "Standard", Policies: [] };
    const [found] = await allOf(collector, fakeAws({ DescribeParameters: list([bare]) }));
    expect(found).toEqual({
      nativeId: arn("bare"),
      arn: arn("bare"),
      name: "bare",
      state: null,
      tags: {},
      tagsUnread: true,
      createdAt: null,
      expiresAt: null,
      costMonthly: 0,
      relations: [],
      attributes: {
        type: "String",
        tier: "Standard",
        dataType: null,
        kmsKeyId: null,
        lastModifiedAt: null,
        expiresAt: null,
        noChangeAfterHours: null,
      },
    });
  });

  it("counts a policy it cannot read as not read", async ({ expect }) => {
    const odd = [
      { Name: "a", Policies: [{ PolicyType: "Expiration", PolicyText: "soon" }] },
      { Name: "b", Policies: [policy("NoChangeNotification", { After: "2", Unit: "Hours" })] },
      { Name: "c", Policies: [policy("NoChangeNotification", { After: "2", Unit: "Moons" })] },
    ];
    const found = await allOf(collector, fakeAws({ DescribeParameters: list(odd), GetResources: tagging }));
    expect(found.map(({ attributes }) => [attributes.expiresAt, attributes.noChangeAfterHours])).toEqual([
      [undefined, null],
      [null, 2],
      [null, undefined],
    ]);
  });

  it("goes through all pages", async ({ expect }) => {
    const aws = fakeAws({
      DescribeParameters: ({ NextToken }) =>
        NextToken === "t2" ? list([{ Name: "c" }]) : list([{ Name: "a" }, { Name: "b" }], "t2"),
      GetResources: tagging,
    });
    const pages = await collect(collector, aws);
    expect(pages.map((page) => page.map(({ name }) => name))).toEqual([["a", "b"], ["c"]]);
  });

  it("makes one call for a region without parameters, and fails when the list is denied or none", async ({
    expect,
  }) => {
    const aws = fakeAws({ DescribeParameters: list([]) });
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.asked).toEqual([listed]);
    await expect(allOf(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
    await expect(allOf(collector, fakeAws({ DescribeParameters: "{}" }))).rejects.toThrow();
  });
});
