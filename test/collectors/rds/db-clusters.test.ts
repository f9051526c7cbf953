import { describe, it } from "vitest";
import { collector } from "#collectors/rds/db-clusters";
import { allOf, collect, fakeAws } from "../../support/fake-aws.ts";
import { majorsXml } from "./wire.ts";

const list = "Action=DescribeDBClusters&MaxRecords=100";

const answerXml = (clusters: string, marker?: string): string =>
  `<DescribeDBClustersResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><DescribeDBClustersResult>${
    marker === undefined ? "" : `<Marker>${marker}</Marker>`
  }${clusters === "" ? "<DBClusters/>" : `<DBClusters>${clusters}</DBClusters>`}</DescribeDBClustersResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></DescribeDBClustersResponse>`;

const clusterXml = (identifier: string, more = ""): string =>
  `<DBCluster><DBClusterIdentifier>${identifier}</DBClusterIdentifier><Engine>docdb</Engine>${more}</DBCluster>`;

const orders = `<DBCluster>
  <AllocatedStorage>1</AllocatedStorage>
  <AvailabilityZones><AvailabilityZone>eu-west-1a</AvailabilityZone><AvailabilityZone>eu-west-1b</AvailabilityZone></AvailabilityZones>
  <BackupRetentionPeriod>7</BackupRetentionPeriod>
  <DBClusterIdentifier>orders</DBClusterIdentifier>
  <DBClusterParameterGroup>default.aurora-mysql8.0</DBClusterParameterGroup>
  <DBSubnetGroup>default</DBSubnetGroup>
  <Status>available</Status>
  <Endpoint>Orders.cluster-abc.eu-west-1.rds.amazonaws.com</Endpoint>
  <ReaderEndpoint>orders.cluster-ro-abc.eu-west-1.rds.amazonaws.com</ReaderEndpoint>
  <CustomEndpoints><member>reports.cluster-custom-abc.eu-west-1.rds.amazonaws.com</member></CustomEndpoints>
  <MultiAZ>true</MultiAZ>
  <Engine>aurora-mysql</Engine>
  <EngineVersion>8.0.mysql_aurora.3.04.0</EngineVersion>
  <Port>3306</Port>
  <MasterUsername>admin</MasterUsername>
  <DBClusterMembers>
    <DBClusterMember><DBInstanceIdentifier>orders-2</DBInstanceIdentifier><IsClusterWriter>false</IsClusterWriter></DBClusterMember>
    <DBClusterMember><DBInstanceIdentifier>orders-1</DBInstanceIdentifier><IsClusterWriter>true</IsClusterWriter></DBClusterMember>
  </DBClusterMembers>
  <VpcSecurityGroups><VpcSecurityGroupMembership><VpcSecurityGroupId>sg-0a1</VpcSecurityGroupId><Status>active</Status></VpcSecurityGroupMembership></VpcSecurityGroups>
  <StorageEncrypted>true</StorageEncrypted>
  <KmsKeyId>arn:aws:kms:eu-west-1:111122223333:key/1</KmsKeyId>
  <DBClusterArn>arn:aws:rds:eu-west-1:111122223333:cluster:orders</DBClusterArn>
  <ClusterCreateTime>2024-05-02T08:30:00.123Z</ClusterCreateTime>
  <EngineMode>provisioned</EngineMode>
  <EngineLifecycleSupport>open-source-rds-extended-support-disabled</EngineLifecycleSupport>
  <AutoMinorVersionUpgrade>false</AutoMinorVersionUpgrade>
  <DeletionProtection>true</DeletionProtection>
  <MasterUserSecret><SecretArn>arn:aws:secretsmanager:eu-west-1:111122223333:secret:rds!cluster-1-Ab12Cd</SecretArn></MasterUserSecret>
  <TagList><Tag><Key>env</Key><Value>prod</Value></Tag></TagList>
</DBCluster>`;

describe("rds.dbClusters", () => {
  it("reads a cluster", async ({ expect }) => {
    const aws = fakeAws({ [list]: answerXml(orders), DescribeDBMajorEngineVersions: majorsXml });
    expect(await collect(collector, aws)).toEqual([
      [
        {
          nativeId: "arn:aws:rds:eu-west-1:111122223333:cluster:orders",
          arn: "arn:aws:rds:eu-west-1:111122223333:cluster:orders",
          name: "orders",
          state: "available",
          tags: { env: "prod" },
          createdAt: "2024-05-02T08:30:00.123Z",
          relations: [
            {
              kind: "uses",
              resourceType: "AWS::EC2::SecurityGroup",
              target: "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0a1",
            },
            {
              kind: "encryptedBy",
              resourceType: "AWS::KMS::Key",
              target: "arn:aws:kms:eu-west-1:111122223333:key/1",
            },
            {
              kind: "passwordIn",
              resourceType: "AWS::SecretsManager::Secret",
              target: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:rds!cluster-1-Ab12Cd",
            },
          ],
          dnsNames: [
            "orders.cluster-abc.eu-west-1.rds.amazonaws.com",
            "orders.cluster-ro-abc.eu-west-1.rds.amazonaws.com",
            "reports.cluster-custom-abc.eu-west-1.rds.amazonaws.com",
          ],
          attributes: {
            identifier: "orders",
            engine: "aurora-mysql",
            engineVersion: "8.0.mysql_aurora.3.04.0",
            engineMode: "provisioned",
            engineSupport: {
              majorVersion: "8.0",
              standardEndsAt: "2028-04-30T23:59:59.999Z",
              extendedStartsAt: "2028-05-01T00:00:00.000Z",
              extendedEndsAt: "2029-07-31T23:59:59.999Z",
            },
            engineLifecycleSupport: "open-source-rds-extended-support-disabled",
            class: null,
            memberIds: ["orders-1", "orders-2"],
            replicaSource: null,
            multiAz: true,
            publiclyAccessible: null,
            endpointHost: "Orders.cluster-abc.eu-west-1.rds.amazonaws.com",
            endpointPort: 3306,
            vpcSecurityGroupIds: ["sg-0a1"],
            storageEncrypted: true,
            kmsKeyId: "arn:aws:kms:eu-west-1:111122223333:key/1",
            backupRetentionDays: 7,
            deletionProtection: true,
            autoMinorVersionUpgrade: false,
          },
        },
      ],
    ]);
    expect(aws.calls.map(({ action }) => action)).toEqual(["DescribeDBClusters", "DescribeDBMajorEngineVersions"]);
  });

  it("says null for what AWS leaves out or leaves empty", async ({ expect }) => {
    const aws = fakeAws({ [list]: answerXml(clusterXml("sparse", "<KmsKeyId/><MultiAZ/><TagList/>")) });
    const [found] = await allOf(collector, aws);
    const { identifier, engine, memberIds, vpcSecurityGroupIds, ...rest } = { ...found?.attributes };
    expect({ identifier, engine, memberIds, vpcSecurityGroupIds }).toEqual({
      identifier: "sparse",
      engine: "docdb",
      memberIds: [],
      vpcSecurityGroupIds: [],
    });
    expect(new Set(Object.values(rest))).toEqual(new Set([null]));
    expect(found).toMatchObject({ state: null, createdAt: null, tags: {}, relations: [], dnsNames: [] });
    expect(aws.calls.map(({ request }) => request)).toEqual([list]);
  });

  it("points at what it replicates, be it a cluster or an instance", async ({ expect }) => {
    const source = (arn: string): string => `<ReplicationSourceIdentifier>${arn}</ReplicationSourceIdentifier>`;
    const db = "arn:aws:rds:eu-west-1:111122223333:db:shop";
    const cluster = "arn:aws:rds:us-east-1:111122223333:cluster:orders";
    const xml = clusterXml("a", source(db)) + clusterXml("b", source(cluster));
    const found = await allOf(collector, fakeAws({ [list]: answerXml(xml) }));
    expect(found.flatMap(({ relations }) => relations)).toEqual([
      { kind: "replicaOf", resourceType: "AWS::RDS::DBInstance", target: db },
      { kind: "replicaOf", resourceType: "AWS::RDS::DBCluster", target: cluster },
    ]);
  });

  it("goes through all pages", async ({ expect }) => {
    const aws = fakeAws({
      [list]: answerXml(clusterXml("a") + clusterXml("b"), "m1"),
      [`${list}&Marker=m1`]: answerXml(clusterXml("c")),
    });
    const pages = await collect(collector, aws);
    expect(pages.map((page) => page.map(({ name }) => name))).toEqual([["a", "b"], ["c"]]);
  });

  it("makes one call for a region without clusters", async ({ expect }) => {
    const aws = fakeAws({ [list]: answerXml("") });
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.calls.map(({ request }) => request)).toEqual([list]);
  });

  it("fails as a whole when the list is denied, or is no list", async ({ expect }) => {
    await expect(collect(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
    const odd = fakeAws({ [list]: answerXml("").replace("<DBClusters/>", "") });
    await expect(collect(collector, odd)).rejects.toThrow();
  });
});
