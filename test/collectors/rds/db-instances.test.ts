import { describe, it } from "vitest";
import { collector } from "#collectors/rds/db-instances";
import { allOf, collect, fakeAws, type Answers } from "../../support/fake-aws.ts";
import { figuresJson, majorsXml } from "./wire.ts";

const list = "Action=DescribeDBInstances&MaxRecords=100";
const now = new Date("2026-11-21T10:00:00Z");

const answerXml = (instances: string, marker?: string): string =>
  `<DescribeDBInstancesResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><DescribeDBInstancesResult>${
    marker === undefined ? "" : `<Marker>${marker}</Marker>`
  }${instances === "" ? "<DBInstances/>" : `<DBInstances>${instances}</DBInstances>`}</DescribeDBInstancesResult><ResponseMetadata><RequestId>9135fff3-8509-11e0-bd9b-a7b1ece36d51</RequestId></ResponseMetadata></DescribeDBInstancesResponse>`;

const instanceXml = (identifier: string, more = ""): string =>
  `<DBInstance><DBInstanceIdentifier>${identifier}</DBInstanceIdentifier><Engine>mysql</Engine>${more}</DBInstance>`;

const shop = `<DBInstance>
  <DBInstanceIdentifier>shop</DBInstanceIdentifier>
  <DBInstanceClass>db.m6g.large</DBInstanceClass>
  <Engine>postgres</Engine>
  <DBInstanceStatus>available</DBInstanceStatus>
  <MasterUsername>admin</MasterUsername>
  <EngineLifecycleSupport>open-source-rds-extended-support</EngineLifecycleSupport>
  <Endpoint><Address>shop.abcdefghijkl.eu-west-1.rds.amazonaws.com</Address><Port>5432</Port><HostedZoneId>Z29XKXDKYMONMX</HostedZoneId></Endpoint>
  <AllocatedStorage>100</AllocatedStorage>
  <InstanceCreateTime>2024-05-02T08:30:00.123Z</InstanceCreateTime>
  <BackupRetentionPeriod>7</BackupRetentionPeriod>
  <VpcSecurityGroups>
    <VpcSecurityGroupMembership><VpcSecurityGroupId>sg-0b2</VpcSecurityGroupId><Status>active</Status></VpcSecurityGroupMembership>
    <VpcSecurityGroupMembership><VpcSecurityGroupId>sg-0a1</VpcSecurityGroupId><Status>active</Status></VpcSecurityGroupMembership>
  </VpcSecurityGroups>
  <AvailabilityZone>eu-west-1a</AvailabilityZone>
  <DBSubnetGroup>
    <DBSubnetGroupName>default</DBSubnetGroupName>
    <VpcId>vpc-0a1</VpcId>
    <Subnets>
      <Subnet><SubnetIdentifier>subnet-0b2</SubnetIdentifier><SubnetAvailabilityZone><Name>eu-west-1b</Name></SubnetAvailabilityZone></Subnet>
      <Subnet><SubnetIdentifier>subnet-0a1</SubnetIdentifier><SubnetAvailabilityZone><Name>eu-west-1a</Name></SubnetAvailabilityZone></Subnet>
    </Subnets>
  </DBSubnetGroup>
  <MultiAZ>true</MultiAZ>
  <EngineVersion>16.4</EngineVersion>
  <AutoMinorVersionUpgrade>true</AutoMinorVersionUpgrade>
  <ReadReplicaDBInstanceIdentifiers/>
  <PubliclyAccessible>false</PubliclyAccessible>
  <StorageType>gp3</StorageType>
  <StorageEncrypted>true</StorageEncrypted>
  <KmsKeyId>arn:aws:kms:eu-west-1:111122223333:key/1</KmsKeyId>
  <CACertificateIdentifier>rds-ca-rsa2048-g1</CACertificateIdentifier>
  <DeletionProtection>true</DeletionProtection>
  <MasterUserSecret><SecretArn>arn:aws:secretsmanager:eu-west-1:111122223333:secret:rds!db-1-Ab12Cd</SecretArn><SecretStatus>active</SecretStatus></MasterUserSecret>
  <TagList><Tag><Key>env</Key><Value>prod</Value></Tag><Tag><Key>empty</Key><Value/></Tag></TagList>
  <CertificateDetails><CAIdentifier>rds-ca-rsa2048-g1</CAIdentifier><ValidTill>2027-03-01T00:00:00Z</ValidTill></CertificateDetails>
</DBInstance>`;

/** All that is asked of a region with these instances. */
const region = (instances: string, more: Answers = {}): Answers => ({
  [list]: answerXml(instances),
  DescribeDBMajorEngineVersions: majorsXml,
  GetMetricData: figuresJson(0, 3, 0),
  ...more,
});

describe("rds.dbInstances", () => {
  it("reads an instance", async ({ expect }) => {
    const aws = fakeAws(region(shop));
    expect(await collect(collector, aws, now)).toEqual([
      [
        {
          nativeId: "arn:aws:rds:eu-west-1:111122223333:db:shop",
          arn: "arn:aws:rds:eu-west-1:111122223333:db:shop",
          name: "shop",
          state: "available",
          tags: { env: "prod", empty: "" },
          createdAt: "2024-05-02T08:30:00.123Z",
          // (0.152 an hour and 100 GiB at 0.115) twice, 1.11 times as dear as in us-east-1.
          costMonthly: expect.closeTo((0.152 * 730 + 11.5) * 2 * 1.11, 6),
          relations: [
            {
              kind: "uses",
              resourceType: "AWS::EC2::SecurityGroup",
              target: "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0a1",
            },
            {
              kind: "uses",
              resourceType: "AWS::EC2::SecurityGroup",
              target: "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0b2",
            },
            {
              kind: "in",
              resourceType: "AWS::EC2::Subnet",
              target: "arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-0a1",
            },
            {
              kind: "in",
              resourceType: "AWS::EC2::Subnet",
              target: "arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-0b2",
            },
            {
              kind: "encryptedBy",
              resourceType: "AWS::KMS::Key",
              target: "arn:aws:kms:eu-west-1:111122223333:key/1",
            },
            {
              kind: "passwordIn",
              resourceType: "AWS::SecretsManager::Secret",
              target: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:rds!db-1-Ab12Cd",
            },
          ],
          dnsNames: ["shop.abcdefghijkl.eu-west-1.rds.amazonaws.com"],
          observed: { connectionsMax: 3 },
          attributes: {
            identifier: "shop",
            engine: "postgres",
            engineVersion: "16.4",
            engineSupport: {
              majorVersion: "16",
              standardEndsAt: "2029-02-28T23:59:59.999Z",
              extendedStartsAt: "2029-03-01T00:00:00.000Z",
              extendedEndsAt: "2032-02-28T23:59:59.999Z",
            },
            engineLifecycleSupport: "open-source-rds-extended-support",
            class: "db.m6g.large",
            clusterId: null,
            replicaSource: null,
            multiAz: true,
            publiclyAccessible: false,
            endpointHost: "shop.abcdefghijkl.eu-west-1.rds.amazonaws.com",
            endpointPort: 5432,
            vpcId: "vpc-0a1",
            subnetIds: ["subnet-0a1", "subnet-0b2"],
            vpcSecurityGroupIds: ["sg-0a1", "sg-0b2"],
            storageEncrypted: true,
            kmsKeyId: "arn:aws:kms:eu-west-1:111122223333:key/1",
            storageType: "gp3",
            allocatedStorageGib: 100,
            backupRetentionDays: 7,
            deletionProtection: true,
            autoMinorVersionUpgrade: true,
            caCertificateIdentifier: "rds-ca-rsa2048-g1",
            caValidTill: "2027-03-01T00:00:00.000Z",
          },
        },
      ],
    ]);
    expect(aws.calls.map(({ action }) => action)).toEqual([
      "DescribeDBInstances",
      "DescribeDBMajorEngineVersions",
      "GetMetricData",
    ]);
    expect(aws.calls[2]?.input).toMatchObject({
      StartTime: Date.parse("2026-11-14T00:00:00Z") / 1000,
      MetricDataQueries: [
        {
          MetricStat: {
            Metric: {
              Namespace: "AWS/RDS",
              MetricName: "DatabaseConnections",
              Dimensions: [{ Name: "DBInstanceIdentifier", Value: "shop" }],
            },
            Stat: "Maximum",
          },
        },
      ],
    });
  });

  it("says null for what AWS leaves out or leaves empty, never false or 0", async ({ expect }) => {
    const empty =
      "<DBClusterIdentifier/><KmsKeyId/><MultiAZ/><Endpoint/><DBSubnetGroup/><TagList/><CertificateDetails/>";
    const aws = fakeAws({ [list]: answerXml(instanceXml("sparse", empty)) });
    const [found] = (await collect(collector, aws)).flat();
    const { identifier, engine, subnetIds, vpcSecurityGroupIds, ...rest } = { ...found?.attributes };
    expect({ identifier, engine, subnetIds, vpcSecurityGroupIds }).toEqual({
      identifier: "sparse",
      engine: "mysql",
      subnetIds: [],
      vpcSecurityGroupIds: [],
    });
    expect(new Set(Object.values(rest))).toEqual(new Set([null]));
    expect(found).toMatchObject({ state: null, createdAt: null, tags: {}, costMonthly: null });
    expect([found?.relations, found?.dnsNames, found?.observed]).toEqual([[], [], undefined]);
    expect(aws.calls.map(({ request }) => request)).toEqual([list]);
  });

  it("knows members of clusters, replicas and other engines", async ({ expect }) => {
    const xml =
      instanceXml("member", "<DBClusterIdentifier>orders</DBClusterIdentifier>") +
      instanceXml("replica", "<ReadReplicaSourceDBInstanceIdentifier>shop</ReadReplicaSourceDBInstanceIdentifier>") +
      instanceXml("copy", "<ReadReplicaSourceDBClusterIdentifier>orders</ReadReplicaSourceDBClusterIdentifier>") +
      "<DBInstance><DBInstanceIdentifier>graph</DBInstanceIdentifier><Engine>neptune</Engine></DBInstance>";
    const found = (await collect(collector, fakeAws({ [list]: answerXml(xml) }))).flat();
    expect(found.map(({ attributes }) => [attributes.clusterId, attributes.replicaSource, attributes.engine])).toEqual([
      ["orders", null, "mysql"],
      [null, "shop", "mysql"],
      [null, "orders", "mysql"],
      [null, null, "neptune"],
    ]);
  });

  it("points at the cluster, and at what is replicated in whatever region", async ({ expect }) => {
    const member = "<DBClusterIdentifier>orders</DBClusterIdentifier>";
    const source = "arn:aws:rds:us-east-1:111122223333:db:shop";
    const xml =
      instanceXml("member", member) +
      instanceXml("near", "<ReadReplicaSourceDBInstanceIdentifier>shop</ReadReplicaSourceDBInstanceIdentifier>") +
      instanceXml("far", `<ReadReplicaSourceDBInstanceIdentifier>${source}</ReadReplicaSourceDBInstanceIdentifier>`) +
      instanceXml("copy", "<ReadReplicaSourceDBClusterIdentifier>orders</ReadReplicaSourceDBClusterIdentifier>");
    const found = await allOf(collector, fakeAws(region(xml)));
    const cluster = "arn:aws:rds:eu-west-1:111122223333:cluster:orders";
    expect(found.flatMap(({ relations }) => relations)).toEqual([
      { kind: "memberOf", resourceType: "AWS::RDS::DBCluster", target: cluster },
      {
        kind: "replicaOf",
        resourceType: "AWS::RDS::DBInstance",
        target: "arn:aws:rds:eu-west-1:111122223333:db:shop",
      },
      { kind: "replicaOf", resourceType: "AWS::RDS::DBInstance", target: source },
      { kind: "replicaOf", resourceType: "AWS::RDS::DBCluster", target: cluster },
    ]);
  });

  it("asks for connections only of those that may be idle", async ({ expect }) => {
    const available = "<DBInstanceStatus>available</DBInstanceStatus>";
    const replica = "<ReadReplicaSourceDBInstanceIdentifier>shop</ReadReplicaSourceDBInstanceIdentifier>";
    const xml =
      instanceXml("stopped", "<DBInstanceStatus>stopped</DBInstanceStatus>") +
      instanceXml("replica", available + replica) +
      instanceXml("graph", available).replace("mysql", "neptune");
    const aws = fakeAws(region(xml));
    expect((await allOf(collector, aws)).map(({ observed }) => observed)).toEqual([undefined, undefined, undefined]);
    expect(aws.calls.map(({ action }) => action)).toEqual(["DescribeDBInstances"]);
  });

  it("knows no connections when CloudWatch has no data, and does not know them when it is denied", async ({
    expect,
  }) => {
    const xml = instanceXml("new", "<DBInstanceStatus>available</DBInstanceStatus>");
    const connections = async (answers: Answers) => (await allOf(collector, fakeAws(answers)))[0]?.observed;
    expect(await connections({ [list]: answerXml(xml), GetMetricData: figuresJson() })).toEqual({
      connectionsMax: null,
    });
    expect(await connections({ [list]: answerXml(xml) })).toEqual({ connectionsMax: undefined });
  });

  it("goes through all pages", async ({ expect }) => {
    const aws = fakeAws({
      [list]: answerXml(instanceXml("a") + instanceXml("b"), "b=="),
      [`${list}&Marker=b%3D%3D`]: answerXml(instanceXml("c")),
    });
    const pages = await collect(collector, aws);
    expect(pages.map((page) => page.map(({ name }) => name))).toEqual([["a", "b"], ["c"]]);
  });

  it("makes one call for a region without databases", async ({ expect }) => {
    const aws = fakeAws({ [list]: answerXml("") });
    expect((await collect(collector, aws)).flat()).toEqual([]);
    expect(aws.calls.map(({ request }) => request)).toEqual([list]);
  });

  it("fails as a whole when the list is denied, or is no list", async ({ expect }) => {
    await expect(collect(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
    const odd = fakeAws({ [list]: answerXml("").replace("<DBInstances/>", "") });
    await expect(collect(collector, odd)).rejects.toThrow();
  });
});
