import { describe, it } from "vitest";
import { collector } from "#collectors/rds/db-instances";
import { collect, fakeAws } from "../../support/fake-aws.ts";

const list = "Action=DescribeDBInstances&MaxRecords=100";

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
  <TagList><Tag><Key>env</Key><Value>prod</Value></Tag><Tag><Key>empty</Key><Value/></Tag></TagList>
  <CertificateDetails><CAIdentifier>rds-ca-rsa2048-g1</CAIdentifier><ValidTill>2027-03-01T00:00:00Z</ValidTill></CertificateDetails>
</DBInstance>`;

describe("rds.dbInstances", () => {
  it("reads an instance", async ({ expect }) => {
    const aws = fakeAws({ [list]: answerXml(shop) });
    expect(await collect(collector, aws)).toEqual([
      [
        {
          nativeId: "arn:aws:rds:eu-west-1:111122223333:db:shop",
          arn: "arn:aws:rds:eu-west-1:111122223333:db:shop",
          name: "shop",
          state: "available",
          tags: { env: "prod", empty: "" },
          createdAt: "2024-05-02T08:30:00.123Z",
          attributes: {
            identifier: "shop",
            engine: "postgres",
            engineVersion: "16.4",
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
    expect(found).toMatchObject({ state: null, createdAt: null, tags: {} });
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
