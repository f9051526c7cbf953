import { describe, it } from "vitest";
import { collector } from "#collectors/redshift/clusters";
import { allOf, collect, errorXml, fakeAws, type Wire } from "../../support/fake-aws.ts";

const list = "Action=DescribeClusters&MaxRecords=100";
const logging = (identifier: string): string => `Action=DescribeLoggingStatus&ClusterIdentifier=${identifier}`;

const answerXml = (clusters: string, marker?: string): string =>
  `<DescribeClustersResponse xmlns="http://redshift.amazonaws.com/doc/2012-12-01/"><DescribeClustersResult>${
    marker === undefined ? "" : `<Marker>${marker}</Marker>`
  }${clusters === "" ? "<Clusters/>" : `<Clusters>${clusters}</Clusters>`}</DescribeClustersResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></DescribeClustersResponse>`;

const loggingXml = (content: string): string =>
  `<DescribeLoggingStatusResponse xmlns="http://redshift.amazonaws.com/doc/2012-12-01/"><DescribeLoggingStatusResult>${content}</DescribeLoggingStatusResult></DescribeLoggingStatusResponse>`;
const off = loggingXml("<LoggingEnabled>false</LoggingEnabled>");
const toBucket = loggingXml(
  "<LoggingEnabled>true</LoggingEnabled><BucketName>audit</BucketName><S3KeyPrefix>dw/</S3KeyPrefix><LastSuccessfulDeliveryTime>2026-11-20T09:00:00.000Z</LastSuccessfulDeliveryTime><LogDestinationType>s3</LogDestinationType>",
);

const clusterXml = (identifier: string, more = ""): string =>
  `<Cluster><ClusterIdentifier>${identifier}</ClusterIdentifier>${more}</Cluster>`;

const warehouse = clusterXml(
  "dw",
  `<NodeType>dc2.large</NodeType>
  <ClusterStatus>available</ClusterStatus>
  <ClusterAvailabilityStatus>Available</ClusterAvailabilityStatus>
  <MasterUsername>admin</MasterUsername>
  <DBName>dev</DBName>
  <Endpoint><Address>DW.abc.eu-west-1.redshift.amazonaws.com</Address><Port>5439</Port></Endpoint>
  <ClusterCreateTime>2024-05-02T08:30:00.123Z</ClusterCreateTime>
  <AutomatedSnapshotRetentionPeriod>1</AutomatedSnapshotRetentionPeriod>
  <ClusterSecurityGroups/>
  <VpcSecurityGroups>
    <VpcSecurityGroup><VpcSecurityGroupId>sg-0b2</VpcSecurityGroupId><Status>active</Status></VpcSecurityGroup>
    <VpcSecurityGroup><VpcSecurityGroupId>sg-0a1</VpcSecurityGroupId><Status>active</Status></VpcSecurityGroup>
  </VpcSecurityGroups>
  <VpcId>vpc-0a1</VpcId>
  <ClusterVersion>1.0</ClusterVersion>
  <AllowVersionUpgrade>true</AllowVersionUpgrade>
  <NumberOfNodes>2</NumberOfNodes>
  <PubliclyAccessible>true</PubliclyAccessible>
  <Encrypted>true</Encrypted>
  <Tags><Tag><Key>team</Key><Value>bi</Value></Tag></Tags>
  <KmsKeyId>arn:aws:kms:eu-west-1:111122223333:key/1</KmsKeyId>
  <EnhancedVpcRouting>false</EnhancedVpcRouting>
  <MasterPasswordSecretArn>arn:aws:secretsmanager:eu-west-1:111122223333:secret:redshift!dw-admin-Ab12Cd</MasterPasswordSecretArn>
  <MultiAZ>Disabled</MultiAZ>`,
);

describe("redshift.clusters", () => {
  it("reads a cluster and where its audit logs go", async ({ expect }) => {
    const aws = fakeAws({ [list]: answerXml(warehouse), [logging("dw")]: toBucket });
    const relation = (kind: string, resourceType: string, target: string) => ({ kind, resourceType, target });
    const group = (id: string) =>
      relation("uses", "AWS::EC2::SecurityGroup", `arn:aws:ec2:eu-west-1:111122223333:security-group/${id}`);
    expect(await collect(collector, aws)).toEqual([
      [
        {
          nativeId: "arn:aws:redshift:eu-west-1:111122223333:cluster:dw",
          arn: "arn:aws:redshift:eu-west-1:111122223333:cluster:dw",
          name: "dw",
          state: "available",
          tags: { team: "bi" },
          createdAt: "2024-05-02T08:30:00.123Z",
          costMonthly: expect.closeTo(2 * 0.25 * 730 * 1.11, 6),
          relations: [
            group("sg-0a1"),
            group("sg-0b2"),
            relation("encryptedBy", "AWS::KMS::Key", "arn:aws:kms:eu-west-1:111122223333:key/1"),
            relation(
              "passwordIn",
              "AWS::SecretsManager::Secret",
              "arn:aws:secretsmanager:eu-west-1:111122223333:secret:redshift!dw-admin-Ab12Cd",
            ),
            relation("logsTo", "AWS::S3::Bucket", "arn:aws:s3:::audit"),
          ],
          dnsNames: ["dw.abc.eu-west-1.redshift.amazonaws.com"],
          attributes: {
            nodeType: "dc2.large",
            nodes: 2,
            version: "1.0",
            allowVersionUpgrade: true,
            multiAz: "Disabled",
            publiclyAccessible: true,
            endpointHost: "DW.abc.eu-west-1.redshift.amazonaws.com",
            endpointPort: 5439,
            vpcId: "vpc-0a1",
            vpcSecurityGroupIds: ["sg-0a1", "sg-0b2"],
            enhancedVpcRouting: false,
            encrypted: true,
            kmsKeyId: "arn:aws:kms:eu-west-1:111122223333:key/1",
            snapshotRetentionDays: 1,
            loggingEnabled: true,
            logBucket: "audit",
          },
        },
      ],
    ]);
    expect(aws.calls.map(({ request }) => request)).toEqual([list, logging("dw")]);
  });

  it("says null for what AWS leaves out or leaves empty", async ({ expect }) => {
    const aws = fakeAws({
      [list]: answerXml(clusterXml("sparse", "<Endpoint/><KmsKeyId/><Tags/>")),
      [logging("sparse")]: off,
    });
    const [found] = await allOf(collector, aws);
    const { vpcSecurityGroupIds, loggingEnabled, ...rest } = { ...found?.attributes };
    expect([vpcSecurityGroupIds, loggingEnabled]).toEqual([[], false]);
    expect(new Set(Object.values(rest))).toEqual(new Set([null]));
    expect(found).toMatchObject({ state: null, createdAt: null, tags: {}, costMonthly: null, relations: [] });
  });

  it("knows whether audit logs are written, and not when it is denied or odd", async ({ expect }) => {
    const about = async (answer: Wire | undefined) => {
      const aws = fakeAws(({ action }) => (action === "DescribeClusters" ? answerXml(clusterXml("dw")) : answer));
      const [found] = await allOf(collector, aws);
      return [found?.attributes.loggingEnabled, found?.attributes.logBucket, aws.gaps.length];
    };
    expect(await about(off)).toEqual([false, null, 0]);
    expect(await about(toBucket)).toEqual([true, "audit", 0]);
    expect(await about(loggingXml("<LoggingEnabled>true</LoggingEnabled>"))).toEqual([true, null, 0]);
    expect(await about(undefined)).toEqual([undefined, undefined, 1]);
    expect(await about(loggingXml(""))).toEqual([undefined, undefined, 0]);
  });

  it("gives no price for a paused cluster", async ({ expect }) => {
    const xml = answerXml(warehouse.replace("available", "paused"));
    const [found] = await allOf(collector, fakeAws({ [list]: xml, [logging("dw")]: off }));
    expect([found?.state, found?.costMonthly]).toEqual(["paused", null]);
  });

  it("leaves out a cluster that is gone since it was listed", async ({ expect }) => {
    const gone = { status: 404, body: errorXml("ClusterNotFound") };
    expect(await allOf(collector, fakeAws({ [list]: answerXml(clusterXml("dw")), [logging("dw")]: gone }))).toEqual([]);
  });

  it("goes through all pages", async ({ expect }) => {
    const aws = fakeAws({
      [list]: answerXml(clusterXml("a") + clusterXml("b"), "m1"),
      [`${list}&Marker=m1`]: answerXml(clusterXml("c")),
      DescribeLoggingStatus: off,
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
    const odd = fakeAws({ [list]: answerXml("").replace("<Clusters/>", "") });
    await expect(collect(collector, odd)).rejects.toThrow();
  });
});
