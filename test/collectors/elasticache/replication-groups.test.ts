import { describe, it } from "vitest";
import { collector } from "#collectors/elasticache/replication-groups";
import { allOf, collect, fakeAws, type Answers } from "../../support/fake-aws.ts";

const list = "Action=DescribeReplicationGroups&MaxRecords=100";
const arn = (id: string): string => `arn:aws:elasticache:eu-west-1:111122223333:replicationgroup:${id}`;

const answerXml = (groups: string, marker?: string): string =>
  `<DescribeReplicationGroupsResponse xmlns="http://elasticache.amazonaws.com/doc/2015-02-02/"><DescribeReplicationGroupsResult>${
    marker === undefined ? "" : `<Marker>${marker}</Marker>`
  }${groups === "" ? "<ReplicationGroups/>" : `<ReplicationGroups>${groups}</ReplicationGroups>`}</DescribeReplicationGroupsResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></DescribeReplicationGroupsResponse>`;

const groupXml = (id: string, more = ""): string =>
  `<ReplicationGroup><ReplicationGroupId>${id}</ReplicationGroupId>${more}</ReplicationGroup>`;

const sessions = groupXml(
  "sessions",
  `<Description>Sessions of the shop</Description>
  <Status>available</Status>
  <PendingModifiedValues/>
  <MemberClusters><ClusterId>sessions-002</ClusterId><ClusterId>sessions-001</ClusterId></MemberClusters>
  <NodeGroups>
    <NodeGroup>
      <NodeGroupId>0001</NodeGroupId>
      <Status>available</Status>
      <PrimaryEndpoint><Address>Master.sessions.abc.euw1.cache.amazonaws.com</Address><Port>6379</Port></PrimaryEndpoint>
      <ReaderEndpoint><Address>replica.sessions.abc.euw1.cache.amazonaws.com</Address><Port>6379</Port></ReaderEndpoint>
      <NodeGroupMembers><NodeGroupMember><CacheClusterId>sessions-001</CacheClusterId></NodeGroupMember></NodeGroupMembers>
    </NodeGroup>
  </NodeGroups>
  <AutomaticFailover>enabled</AutomaticFailover>
  <MultiAZ>enabled</MultiAZ>
  <SnapshotRetentionLimit>7</SnapshotRetentionLimit>
  <SnapshotWindow>03:00-04:00</SnapshotWindow>
  <ClusterEnabled>false</ClusterEnabled>
  <CacheNodeType>cache.m4.large</CacheNodeType>
  <AuthTokenEnabled>false</AuthTokenEnabled>
  <TransitEncryptionEnabled>true</TransitEncryptionEnabled>
  <AtRestEncryptionEnabled>true</AtRestEncryptionEnabled>
  <KmsKeyId>0a1b2c3d-0000-4000-8000-000000000001</KmsKeyId>
  <ARN>${arn("sessions")}</ARN>
  <UserGroupIds><member>writers</member><member>readers</member></UserGroupIds>
  <ReplicationGroupCreateTime>2024-05-02T08:30:00.123Z</ReplicationGroupCreateTime>
  <AutoMinorVersionUpgrade>true</AutoMinorVersionUpgrade>
  <TransitEncryptionMode>required</TransitEncryptionMode>
  <Engine>redis</Engine>`,
);

const region = (groups: string, more: Answers = {}): Answers => ({
  [list]: answerXml(groups),
  GetResources: JSON.stringify({
    ResourceTagMappingList: [{ ResourceARN: arn("sessions"), Tags: [{ Key: "team", Value: "shop" }] }],
  }),
  ...more,
});

describe("elasticache.replicationGroups", () => {
  it("reads a replication group", async ({ expect }) => {
    const aws = fakeAws(region(sessions));
    expect(await collect(collector, aws)).toEqual([
      [
        {
          nativeId: arn("sessions"),
          arn: arn("sessions"),
          name: "sessions",
          state: "available",
          tags: { team: "shop" },
          tagsUnread: false,
          createdAt: "2024-05-02T08:30:00.123Z",
          costMonthly: expect.closeTo(2 * 0.156 * 730 * 1.11, 6),
          relations: [
            {
              kind: "encryptedBy",
              resourceType: "AWS::KMS::Key",
              target: "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000001",
            },
          ],
          dnsNames: ["master.sessions.abc.euw1.cache.amazonaws.com", "replica.sessions.abc.euw1.cache.amazonaws.com"],
          attributes: {
            engine: "redis",
            nodeType: "cache.m4.large",
            memberClusters: ["sessions-001", "sessions-002"],
            clusterEnabled: false,
            transitEncryptionEnabled: true,
            transitEncryptionMode: "required",
            atRestEncryptionEnabled: true,
            kmsKeyId: "0a1b2c3d-0000-4000-8000-000000000001",
            authTokenEnabled: false,
            userGroupIds: ["readers", "writers"],
            automaticFailover: "enabled",
            multiAz: "enabled",
            snapshotRetentionDays: 7,
            autoMinorVersionUpgrade: true,
          },
        },
      ],
    ]);
    expect(aws.calls.map(({ action }) => action)).toEqual(["DescribeReplicationGroups", "GetResources"]);
  });

  it("says null for what AWS leaves out or leaves empty", async ({ expect }) => {
    const aws = fakeAws(region(groupXml("sparse", "<KmsKeyId/><UserGroupIds/><NodeGroups/>")));
    const [found] = await allOf(collector, aws);
    const { memberClusters, userGroupIds, ...rest } = { ...found?.attributes };
    expect([memberClusters, userGroupIds]).toEqual([[], []]);
    expect(new Set(Object.values(rest))).toEqual(new Set([null]));
    expect(found).toMatchObject({ state: null, createdAt: null, tags: {}, tagsUnread: false, costMonthly: null });
    expect([found?.relations, found?.dnsNames]).toEqual([[], []]);
  });

  it("points at keys however they are named", async ({ expect }) => {
    const key = (id: string): string => `<KmsKeyId>${id}</KmsKeyId>`;
    const xml = groupXml("a", key("alias/cache")) + groupXml("b", key("arn:aws:kms:us-east-1:111122223333:key/1"));
    const found = await allOf(collector, fakeAws(region(xml)));
    expect(found.flatMap(({ relations }) => relations)).toEqual([
      {
        kind: "encryptedBy",
        resourceType: "AWS::KMS::Alias",
        target: "arn:aws:kms:eu-west-1:111122223333:alias/cache",
      },
      { kind: "encryptedBy", resourceType: "AWS::KMS::Key", target: "arn:aws:kms:us-east-1:111122223333:key/1" },
    ]);
  });

  it("says when tags could not be read", async ({ expect }) => {
    const [found] = await allOf(collector, fakeAws({ [list]: answerXml(sessions) }));
    expect(found).toMatchObject({ tags: {}, tagsUnread: true });
  });

  it("goes through all pages", async ({ expect }) => {
    const aws = fakeAws(
      region("", {
        [list]: answerXml(groupXml("a") + groupXml("b"), "m1"),
        [`${list}&Marker=m1`]: answerXml(groupXml("c")),
      }),
    );
    const pages = await collect(collector, aws);
    expect(pages.map((page) => page.map(({ name }) => name))).toEqual([["a", "b"], ["c"]]);
  });

  it("makes one call for a region without replication groups", async ({ expect }) => {
    const aws = fakeAws(region(""));
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.calls.map(({ request }) => request)).toEqual([list]);
  });

  it("fails as a whole when the list is denied, or is no list", async ({ expect }) => {
    await expect(collect(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
    const odd = fakeAws({ [list]: answerXml("").replace("<ReplicationGroups/>", "") });
    await expect(collect(collector, odd)).rejects.toThrow();
  });
});
