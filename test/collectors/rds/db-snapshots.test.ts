import { describe, it } from "vitest";
import { collector } from "#collectors/rds/db-snapshots";
import { collect, errorXml, fakeAws } from "../../support/fake-aws.ts";

const list = "Action=DescribeDBSnapshots&SnapshotType=manual&MaxRecords=100";
const sharing = (identifier: string): string =>
  `Action=DescribeDBSnapshotAttributes&DBSnapshotIdentifier=${identifier}`;

const answerXml = (snapshots: string, marker?: string): string =>
  `<DescribeDBSnapshotsResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><DescribeDBSnapshotsResult>${
    marker === undefined ? "" : `<Marker>${marker}</Marker>`
  }${snapshots === "" ? "<DBSnapshots/>" : `<DBSnapshots>${snapshots}</DBSnapshots>`}</DescribeDBSnapshotsResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></DescribeDBSnapshotsResponse>`;

const snapshotXml = (identifier: string, encrypted: boolean): string => `<DBSnapshot>
  <DBSnapshotIdentifier>${identifier}</DBSnapshotIdentifier>
  <DBInstanceIdentifier>shop</DBInstanceIdentifier>
  <SnapshotCreateTime>2026-01-15T03:00:00.5Z</SnapshotCreateTime>
  <Engine>postgres</Engine>
  <AllocatedStorage>100</AllocatedStorage>
  <Status>available</Status>
  <AvailabilityZone>eu-west-1a</AvailabilityZone>
  <EngineVersion>16.4</EngineVersion>
  <SnapshotType>manual</SnapshotType>
  <PercentProgress>100</PercentProgress>
  <StorageType>gp3</StorageType>
  <Encrypted>${encrypted}</Encrypted>
  ${encrypted ? "<KmsKeyId>arn:aws:kms:eu-west-1:111122223333:key/1</KmsKeyId>" : ""}
  <TagList><Tag><Key>keep</Key><Value>yes</Value></Tag></TagList>
</DBSnapshot>`;

const sharingXml = (values: string): string =>
  `<DescribeDBSnapshotAttributesResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><DescribeDBSnapshotAttributesResult><DBSnapshotAttributesResult><DBSnapshotAttributes><DBSnapshotAttribute><AttributeName>restore</AttributeName>${values}</DBSnapshotAttribute></DBSnapshotAttributes><DBSnapshotIdentifier>open</DBSnapshotIdentifier></DBSnapshotAttributesResult></DescribeDBSnapshotAttributesResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></DescribeDBSnapshotAttributesResponse>`;

/** What one unencrypted snapshot is said to be when AWS answers this about its sharing. */
async function isPublic(answer: string | { status: number; body: string }): Promise<boolean | undefined> {
  const aws = fakeAws({ [list]: answerXml(snapshotXml("open", false)), [sharing("open")]: answer });
  const [found] = (await collect(collector, aws)).flat();
  return found?.attributes.isPublic;
}

describe("rds.dbSnapshots", () => {
  it("reads an encrypted snapshot without asking who may restore it", async ({ expect }) => {
    const aws = fakeAws({ [list]: answerXml(snapshotXml("safe", true)) });
    expect(await collect(collector, aws)).toEqual([
      [
        {
          nativeId: "arn:aws:rds:eu-west-1:111122223333:snapshot:safe",
          arn: "arn:aws:rds:eu-west-1:111122223333:snapshot:safe",
          name: "safe",
          state: "available",
          tags: { keep: "yes" },
          createdAt: "2026-01-15T03:00:00.500Z",
          costMonthly: expect.closeTo(100 * 0.095 * 1.11, 6),
          relations: [
            {
              kind: "copyOf",
              resourceType: "AWS::RDS::DBInstance",
              target: "arn:aws:rds:eu-west-1:111122223333:db:shop",
            },
            {
              kind: "encryptedBy",
              resourceType: "AWS::KMS::Key",
              target: "arn:aws:kms:eu-west-1:111122223333:key/1",
            },
          ],
          attributes: {
            sourceInstanceId: "shop",
            engine: "postgres",
            engineVersion: "16.4",
            allocatedStorageGib: 100,
            storageType: "gp3",
            encrypted: true,
            kmsKeyId: "arn:aws:kms:eu-west-1:111122223333:key/1",
            isPublic: false,
          },
        },
      ],
    ]);
    expect(aws.calls.map(({ request }) => request)).toEqual([list]);
  });

  it("knows who may restore an unencrypted one", async ({ expect }) => {
    const value = (name: string) => `<AttributeValue>${name}</AttributeValue>`;
    const values = (...names: readonly string[]) =>
      sharingXml(`<AttributeValues>${names.map(value).join("")}</AttributeValues>`);
    expect(await isPublic(values("all"))).toBe(true);
    expect(await isPublic(values("444455556666", "all"))).toBe(true);
    expect(await isPublic(values("444455556666"))).toBe(false);
    expect(await isPublic(sharingXml("<AttributeValues/>"))).toBe(false);
  });

  it("does not take a denied or odd answer for a private one", async ({ expect }) => {
    expect(await isPublic({ status: 403, body: errorXml("AccessDenied") })).toBeUndefined();
    expect(await isPublic("<DescribeDBSnapshotAttributesResponse/>")).toBeUndefined();
    expect(await isPublic(sharingXml(""))).toBeUndefined();
  });

  it("keeps the others when one is denied, and drops the one that is gone", async ({ expect }) => {
    const aws = fakeAws({
      [list]: answerXml(snapshotXml("denied", false) + snapshotXml("gone", false) + snapshotXml("safe", true)),
      [sharing("gone")]: { status: 404, body: errorXml("DBSnapshotNotFound") },
    });
    const found = (await collect(collector, aws)).flat();
    expect(found.map(({ name, attributes }) => [name, attributes.isPublic])).toEqual([
      ["denied", undefined],
      ["safe", false],
    ]);
    expect(aws.gaps).toEqual(["DescribeDBSnapshotAttributes"]);
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
    expect((await collect(collector, aws)).flat()).toEqual([]);
    expect(aws.calls.map(({ request }) => request)).toEqual([list]);
  });

  it("fails as a whole when the list is denied", async ({ expect }) => {
    await expect(collect(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
  });
});
