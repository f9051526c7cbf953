import { describe, it } from "vitest";
import { collector } from "#collectors/backup/plans";
import { allOf, collect, fakeAws } from "../../support/fake-aws.ts";

const arn = (id: string): string => `arn:aws:backup:eu-west-1:111122223333:backup-plan:${id}`;
const plan = (id: string, more: object = {}) => ({ BackupPlanArn: arn(id), BackupPlanId: id, ...more });
const list = (plans: readonly unknown[], next?: string): string =>
  JSON.stringify({ BackupPlansList: plans, NextToken: next });
const tagging = JSON.stringify({
  PaginationToken: "",
  ResourceTagMappingList: [{ ResourceARN: arn("p1"), Tags: [{ Key: "env", Value: "prod" }] }],
});
const first = "eu-west-1 /backup/plans/?maxResults=1000";

describe("backup.plans", () => {
  it("reads a plan", async ({ expect }) => {
    const daily = plan("p1", {
      BackupPlanName: "daily",
      CreationDate: 1_700_000_000.123,
      VersionId: "v1",
      LastExecutionDate: 1_700_000_100,
    });
    const aws = fakeAws({ [first]: list([daily]), GetResources: tagging });
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: arn("p1"),
        arn: arn("p1"),
        name: "daily",
        state: null,
        tags: { env: "prod" },
        tagsUnread: false,
        createdAt: "2023-11-14T22:13:20.123Z",
        costMonthly: 0,
        attributes: { backupPlanId: "p1", versionId: "v1" },
        observed: { lastExecutionAt: "2023-11-14T22:15:00.000Z" },
      },
    ]);
    expect(aws.asked[1]).toBe(`GetResources {"ResourceARNList":["${arn("p1")}"]}`);
  });

  it("reads a bare plan, whose tags were denied", async ({ expect }) => {
    const [found] = await allOf(collector, fakeAws({ [first]: list([plan("p1")]) }));
    expect(found).toMatchObject({
      name: null,
      createdAt: null,
      tags: {},
      tagsUnread: true,
      attributes: { versionId: null },
      observed: { lastExecutionAt: null },
    });
  });

  it("goes through all pages", async ({ expect }) => {
    const aws = fakeAws({
      [first]: list([plan("a"), plan("b")], "t2"),
      [`${first}&nextToken=t2`]: list([plan("c")]),
    });
    const pages = await collect(collector, aws);
    expect(pages.map((page) => page.map(({ attributes }) => attributes.backupPlanId))).toEqual([["a", "b"], ["c"]]);
  });

  it("makes one call for a region without plans, and fails when the list is denied or none", async ({ expect }) => {
    const aws = fakeAws({ [first]: list([]) });
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.calls.map(({ request }) => request)).toEqual([first]);
    await expect(allOf(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
    await expect(allOf(collector, fakeAws({ [first]: "{}" }))).rejects.toThrow();
  });
});
