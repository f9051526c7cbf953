import { describe, it } from "vitest";
import { collector } from "#collectors/rds/db-cluster-snapshots";
import { allOf, collect, errorXml, fakeAws } from "../../support/fake-aws.ts";

const list = "Action=DescribeDBClusterSnapshots&SnapshotType=manual&MaxRecords=100";
const sharing = (identifier: string): string =>
  `Action=DescribeDBClusterSnapshotAttributes&DBClusterSnapshotIdentifier=${identifier}`;

const answerXml = (snapshots: string, marker?: string): string =>
  `<DescribeDBClusterSnapshotsResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><DescribeDBClusterSnapshotsResult>${
    marker === undefined ? "" : `<Marker>${marker}</Marker>`
  }${snapshots === "" ? "<DBClusterSnapshots/>" : `<DBClusterSnapshots>${snapshots}</DBClusterSnapshots>`}</DescribeDBClusterSnapshotsResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></DescribeDBClusterSnapshotsResponse>`;

const snapshotXml = (identifier: string, encrypted: boolean, gib = 100, engine = "aurora-postgresql"): string =>
  `<DBClusterSnapshot>
  <AvailabilityZones><AvailabilityZone>eu-west-1a</AvailabilityZone></AvailabilityZones>
  <DBClusterSnapshotIdentifier>${identifier}</DBClusterSnapshotIdentifier>
  <DBClusterIdentifier>orders</DBClusterIdentifier>
  <SnapshotCreateTime>2026-01-15T03:00:00.5Z</SnapshotCreateTime>
  <Engine>${engine}</Engine>
  <AllocatedStorage>${gib}</AllocatedStorage>
  <Status>available</Status>
  <EngineVersion>16.4</EngineVersion>
  <SnapshotType>manual</SnapshotType>
  <StorageType>aurora</StorageType>
  <StorageEncrypted>${encrypted}</StorageEncrypted>
  ${encrypted ? "<KmsKeyId>arn:aws:kms:eu-west-1:111122223333:key/1</KmsKeyId>" : ""}
  <TagList><Tag><Key>keep</Key><Value>yes</Value></Tag></TagList>
</DBClusterSnapshot>`;

const sharingXml = (...values: readonly string[]): string =>
  `<DescribeDBClusterSnapshotAttributesResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><DescribeDBClusterSnapshotAttributesResult><DBClusterSnapshotAttributesResult><DBClusterSnapshotAttributes><DBClusterSnapshotAttribute><AttributeName>restore</AttributeName><AttributeValues>${values
    .map((value) => `<AttributeValue>${value}</AttributeValue>`)
    .join(
      "",
    )}</AttributeValues></DBClusterSnapshotAttribute></DBClusterSnapshotAttributes><DBClusterSnapshotIdentifier>open</DBClusterSnapshotIdentifier></DBClusterSnapshotAttributesResult></DescribeDBClusterSnapshotAttributesResult></DescribeDBClusterSnapshotAttributesResponse>`;

describe("rds.dbClusterSnapshots", () => {
  it("reads an encrypted snapshot without asking who may restore it", async ({ expect }) => {
    const aws = fakeAws({ [list]: answerXml(snapshotXml("safe", true)) });
    expect(await collect(collector, aws)).toEqual([
      [
        {
          nativeId: "arn:aws:rds:eu-west-1:111122223333:cluster-snapshot:safe",
          arn: "arn:aws:rds:eu-west-1:111122223333:cluster-snapshot:safe",
          name: "safe",
          state: "available",
          tags: { keep: "yes" },
          createdAt: "2026-01-15T03:00:00.500Z",
          costMonthly: expect.closeTo(100 * 0.021 * 1.11, 6),
          relations: [
            {
              kind: "copyOf",
              resourceType: "AWS::RDS::DBCluster",
              target: "arn:aws:rds:eu-west-1:111122223333:cluster:orders",
            },
            {
              kind: "encryptedBy",
              resourceType: "AWS::KMS::Key",
              target: "arn:aws:kms:eu-west-1:111122223333:key/1",
            },
          ],
          attributes: {
            sourceClusterId: "orders",
            engine: "aurora-postgresql",
            engineVersion: "16.4",
            allocatedStorageGib: 100,
            storageType: "aurora",
            encrypted: true,
            kmsKeyId: "arn:aws:kms:eu-west-1:111122223333:key/1",
            isPublic: false,
          },
        },
      ],
    ]);
    expect(aws.calls.map(({ request }) => request)).toEqual([list]);
  });

  it("knows who may restore an unencrypted one, and drops the one that is gone", async ({ expect }) => {
    const names = ["open", "lent", "own", "denied", "odd", "gone"];
    const aws = fakeAws({
      [list]: answerXml(names.map((name) => snapshotXml(name, false)).join("")),
      [sharing("open")]: sharingXml("444455556666", "all"),
      [sharing("lent")]: sharingXml("444455556666"),
      [sharing("own")]: sharingXml(),
      [sharing("odd")]: "<DescribeDBClusterSnapshotAttributesResponse/>",
      [sharing("gone")]: { status: 404, body: errorXml("DBClusterSnapshotNotFoundFault") },
    });
    const found = await allOf(collector, aws);
    expect(found.map(({ name, attributes }) => [name, attributes.isPublic])).toEqual([
      ["open", true],
      ["lent", false],
      ["own", false],
      ["denied", undefined],
      ["odd", undefined],
    ]);
    expect(aws.gaps).toEqual(["DescribeDBClusterSnapshotAttributes"]);
    expect(aws.calls).toHaveLength(1 + names.length);
  });

  it("costs nothing that is known where AWS does not tell the size or the price", async ({ expect }) => {
    const xml =
      snapshotXml("untold", true, 1) +
      snapshotXml("graph", true, 100, "neptune") +
      snapshotXml("multi", true, 100, "mysql");
    const found = await allOf(collector, fakeAws({ [list]: answerXml(xml) }));
    expect(found.map(({ costMonthly }) => costMonthly)).toEqual([null, null, expect.closeTo(100 * 0.095 * 1.11, 6)]);
  });

  it("goes through all pages", async ({ expect }) => {
    const aws = fakeAws({
      [list]: answerXml(snapshotXml("a", true) + snapshotXml("b", true), "m1"),
      [`${list}&Marker=m1`]: answerXml(snapshotXml("c", true)),
    });
    const pages = await collect(collector, aws);
    expect(pages.map((page) => page.map(({ name }) => name))).toEqual([["a", "b"], ["c"]]);
  });

  it("makes one call for a region without snapshots", async ({ expect }) => {
    const aws = fakeAws({ [list]: answerXml("") });
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.calls.map(({ request }) => request)).toEqual([list]);
  });

  it("fails as a whole when the list is denied", async ({ expect }) => {
    await expect(collect(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
  });
});
