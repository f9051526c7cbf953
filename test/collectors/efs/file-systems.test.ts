import { describe, it } from "vitest";
import { collector } from "#collectors/efs/file-systems";
import { allOf, collect, fakeAws } from "../../support/fake-aws.ts";

const arn = (id: string): string => `arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/${id}`;
const key = "arn:aws:kms:eu-west-1:111122223333:key/1";
const list = (fileSystems: readonly unknown[], next?: string): string =>
  JSON.stringify({ FileSystems: fileSystems, NextMarker: next });
const fileSystem = (id: string, more: object = {}) => ({
  FileSystemId: id,
  OwnerId: "111122223333",
  CreationToken: "t",
  LifeCycleState: "available",
  ...more,
});
const base = "eu-west-1 /2015-02-01/file-systems";
const first = `${base}?MaxItems=100`;
const none = {
  status: 404,
  body: JSON.stringify({ __type: "PolicyNotFound", ErrorCode: "PolicyNotFound", Message: "No" }),
};

describe("efs.fileSystems", () => {
  it("reads a file system, its backup policy and its policy", async ({ expect }) => {
    const shared = fileSystem("fs-1", {
      FileSystemArn: arn("fs-1"),
      CreationTime: 1_700_000_000.123,
      Name: "shared",
      NumberOfMountTargets: 2,
      SizeInBytes: { Value: 6144, Timestamp: 1_700_000_100, ValueInIA: 0, ValueInStandard: 6144 },
      PerformanceMode: "generalPurpose",
      Encrypted: true,
      KmsKeyId: key,
      ThroughputMode: "provisioned",
      ProvisionedThroughputInMibps: 10.5,
      AvailabilityZoneName: "eu-west-1a",
      Tags: [{ Key: "Name", Value: "shared" }],
    });
    const open = {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }],
    };
    const aws = fakeAws({
      [first]: list([shared]),
      [`${base}/fs-1/backup-policy`]: JSON.stringify({ BackupPolicy: { Status: "ENABLED" } }),
      [`${base}/fs-1/policy`]: JSON.stringify({ FileSystemId: "fs-1", Policy: JSON.stringify(open) }),
    });
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: arn("fs-1"),
        arn: arn("fs-1"),
        name: "shared",
        state: "available",
        tags: { Name: "shared" },
        createdAt: "2023-11-14T22:13:20.123Z",
        relations: [{ kind: "encryptedBy", resourceType: "AWS::KMS::Key", target: key }],
        attributes: {
          fileSystemId: "fs-1",
          encrypted: true,
          kmsKeyId: key,
          performanceMode: "generalPurpose",
          throughputMode: "provisioned",
          provisionedThroughputMibps: 10.5,
          availabilityZone: "eu-west-1a",
          backupPolicyStatus: "ENABLED",
          policy: [
            {
              sid: null,
              effect: "Allow",
              principals: { AWS: ["*"] },
              notPrincipals: {},
              actions: ["*"],
              notActions: [],
              resources: ["*"],
              notResources: [],
              conditions: [],
            },
          ],
        },
        observed: { sizeBytes: 6144, mountTargets: 2 },
      },
    ]);
    expect(aws.calls.map(({ request }) => request)).toEqual([
      first,
      `${base}/fs-1/backup-policy`,
      `${base}/fs-1/policy`,
    ]);
  });

  it("reads a bare one without policies, and asks nothing of one being deleted", async ({ expect }) => {
    const bare = { FileSystemId: "fs-1" };
    const aws = fakeAws({
      [first]: list([bare, fileSystem("fs-2", { LifeCycleState: "deleting" })]),
      DescribeBackupPolicy: none,
      DescribeFileSystemPolicy: none,
    });
    const found = await allOf(collector, aws);
    for (const { attributes } of found) {
      const { fileSystemId: _, ...rest } = attributes;
      expect(new Set(Object.values(rest))).toEqual(new Set([null]));
    }
    expect(found[0]).toMatchObject({
      name: null,
      state: null,
      tags: {},
      createdAt: null,
      relations: [],
      observed: { sizeBytes: null, mountTargets: null },
    });
    expect(aws.calls).toHaveLength(3);
    expect(aws.gaps).toEqual([]);
  });

  it("does not take a denied or odd answer for no policy", async ({ expect }) => {
    const aws = fakeAws({ [first]: list([fileSystem("fs-1")]), DescribeFileSystemPolicy: "{}" });
    const [found] = await allOf(collector, aws);
    expect(found?.attributes).toMatchObject({ backupPolicyStatus: undefined, policy: undefined });
    expect(aws.gaps).toEqual(["DescribeBackupPolicy"]);
  });

  it("goes through all pages", async ({ expect }) => {
    const aws = fakeAws({
      [first]: list([fileSystem("fs-1"), fileSystem("fs-2")], "m2"),
      [`${first}&Marker=m2`]: list([fileSystem("fs-3")]),
      DescribeBackupPolicy: none,
      DescribeFileSystemPolicy: none,
    });
    const pages = await collect(collector, aws);
    const ids = pages.map((page) => page.map(({ attributes }) => attributes.fileSystemId));
    expect(ids).toEqual([["fs-1", "fs-2"], ["fs-3"]]);
  });

  it("makes one call for a region without file systems, and fails when the list is denied or none", async ({
    expect,
  }) => {
    const aws = fakeAws({ [first]: list([]) });
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.calls.map(({ request }) => request)).toEqual([first]);
    await expect(allOf(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
    await expect(allOf(collector, fakeAws({ [first]: "{}" }))).rejects.toThrow();
  });
});
