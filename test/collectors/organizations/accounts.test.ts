import { describe, it } from "vitest";
import { AwsFault } from "#aws/fault";
import { collector } from "#collectors/organizations/accounts";
import { collector as organizations } from "#collectors/organizations/organizations";
import { allOf, collect, fakeAws } from "../../support/fake-aws.ts";
import { notInUse, organizationArn, organizationBy } from "./wire.ts";

const arnOf = (id: string): string => `arn:aws:organizations::111122223333:account/o-exampleorgid/${id}`;
const account = (id: string, more: object = {}) => ({
  Id: id,
  Arn: arnOf(id),
  Email: `${id}@example.com`,
  Name: `account ${id}`,
  Status: "ACTIVE",
  JoinedMethod: "CREATED",
  JoinedTimestamp: 1735689600.5,
  ...more,
});
const managed = { DescribeOrganization: () => organizationBy("111122223333") };

describe("organizations.accounts", () => {
  it("lists every account to the management account", async ({ expect }) => {
    const aws = fakeAws({
      ...managed,
      ListAccounts: ({ NextToken }) =>
        JSON.stringify(
          NextToken === "2"
            ? { Accounts: [account("777788889999", { State: "CLOSED", Status: "SUSPENDED" })] }
            : { Accounts: [account("111122223333")], NextToken: "2" },
        ),
      GetResources: () =>
        JSON.stringify({
          ResourceTagMappingList: [{ ResourceARN: arnOf("111122223333"), Tags: [{ Key: "env", Value: "root" }] }],
        }),
    });
    const [first, second] = await collect(collector, aws);
    expect(first).toEqual([
      {
        nativeId: arnOf("111122223333"),
        arn: arnOf("111122223333"),
        name: "account 111122223333",
        state: "ACTIVE",
        tags: { env: "root" },
        tagsUnread: false,
        createdAt: "2025-01-01T00:00:00.500Z",
        region: null,
        costMonthly: 0,
        relations: [{ kind: "memberOf", resourceType: "AWS::Organizations::Organization", target: organizationArn }],
        attributes: { accountId: "111122223333", isManagement: true, joinedMethod: "CREATED" },
      },
    ]);
    expect(second).toMatchObject([{ state: "CLOSED", tags: {}, attributes: { isManagement: false } }]);
    expect(aws.asked.filter((call) => !call.startsWith("GetResources"))).toEqual([
      "DescribeOrganization",
      'ListAccounts {"MaxResults":20}',
      'ListAccounts {"MaxResults":20,"NextToken":"2"}',
    ]);
  });

  it("takes an account of which AWS says little, its tags unread", async ({ expect }) => {
    const bare = { Id: "777788889999", Arn: arnOf("777788889999") };
    const aws = fakeAws({ ...managed, ListAccounts: () => JSON.stringify({ Accounts: [bare] }) });
    expect(await allOf(collector, aws)).toMatchObject([
      { name: null, state: null, createdAt: null, tagsUnread: true, attributes: { joinedMethod: null } },
    ]);
  });

  it("asks nobody but the management account, and describes the organization once", async ({ expect }) => {
    const aws = fakeAws({ DescribeOrganization: () => organizationBy("444455556666") });
    await Promise.all([collect(organizations, aws), collect(collector, aws)]);
    expect(aws.asked).toEqual(["DescribeOrganization"]);
    expect(await allOf(collector, aws)).toEqual([]);
    expect(await allOf(collector, fakeAws({ DescribeOrganization: () => notInUse }))).toEqual([]);
  });

  it("throws when a call is denied, or the list is none", async ({ expect }) => {
    await expect(allOf(collector, fakeAws({}))).rejects.toBeInstanceOf(AwsFault);
    await expect(allOf(collector, fakeAws(managed))).rejects.toBeInstanceOf(AwsFault);
    await expect(allOf(collector, fakeAws({ ...managed, ListAccounts: () => "{}" }))).rejects.toThrow();
  });
});
