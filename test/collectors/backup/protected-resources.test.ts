import { describe, it } from "vitest";
import { collector } from "#collectors/backup/protected-resources";
import { allOf, collect, fakeAws } from "../../support/fake-aws.ts";

const volume = "arn:aws:ec2:eu-west-1:111122223333:volume/vol-1";
const vault = "arn:aws:backup:eu-west-1:111122223333:backup-vault:Default";
const list = (results: readonly unknown[], next?: string): string =>
  JSON.stringify({ Results: results, NextToken: next });
const first = "eu-west-1 /resources/?maxResults=1000";

describe("backup.protectedResources", () => {
  it("reads what is backed up", async ({ expect }) => {
    const backedUp = {
      ResourceArn: volume,
      ResourceType: "EBS",
      ResourceName: "data",
      LastBackupTime: 1_700_000_000.123,
      LastBackupVaultArn: vault,
      LastRecoveryPointArn: "arn:aws:ec2:eu-west-1::snapshot/snap-1",
    };
    const aws = fakeAws({ [first]: list([backedUp]) });
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: volume,
        arn: null,
        name: "data",
        state: null,
        tags: {},
        createdAt: null,
        relations: [{ kind: "protects", resourceType: "AWS::EC2::Volume", target: volume }],
        attributes: { resourceArn: volume, resourceType: "EBS" },
        observed: { lastBackupAt: "2023-11-14T22:13:20.123Z", lastBackupVaultArn: vault },
      },
    ]);
    expect(aws.calls.map(({ request }) => request)).toEqual([first]);
  });

  it("reads a bare one, of a kind it does not know", async ({ expect }) => {
    const aws = fakeAws({ [first]: list([{ ResourceArn: "arn:aws:timestream:eu-west-1:111122223333:database/a" }]) });
    expect(await allOf(collector, aws)).toMatchObject([
      {
        name: null,
        relations: [],
        attributes: { resourceType: null },
        observed: { lastBackupAt: null, lastBackupVaultArn: null },
      },
    ]);
  });

  it("goes through all pages", async ({ expect }) => {
    const one = (ResourceArn: string) => ({ ResourceArn, ResourceType: "EBS" });
    const aws = fakeAws({ [first]: list([one("a"), one("b")], "t2"), [`${first}&nextToken=t2`]: list([one("c")]) });
    const pages = await collect(collector, aws);
    expect(pages.map((page) => page.map(({ nativeId }) => nativeId))).toEqual([["a", "b"], ["c"]]);
  });

  it("makes one call where nothing is backed up, and fails when the list is denied or none", async ({ expect }) => {
    const aws = fakeAws({ [first]: list([]) });
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.calls.map(({ request }) => request)).toEqual([first]);
    await expect(allOf(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
    await expect(allOf(collector, fakeAws({ [first]: "{}" }))).rejects.toThrow();
  });
});
