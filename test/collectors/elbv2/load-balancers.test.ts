import { describe, it } from "vitest";
import { AwsFault } from "#aws/fault";
import { collector } from "#collectors/elbv2/load-balancers";
import { allOf, collect, errorXml, fakeAws, type Answers } from "../../support/fake-aws.ts";

const now = new Date("2026-06-10T12:00:00Z");
const prefix = "arn:aws:elasticloadbalancing:eu-west-1:111122223333";
const arnOf = (path: string): string => `${prefix}:loadbalancer/${path}`;
const shop = arnOf("app/shop/50dc6c495c0c9188");

const answerXml = (action: string, content: string): string =>
  `<${action}Response xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><${action}Result>${content}</${action}Result><ResponseMetadata><RequestId>6581c0ac-f39f-11e5-bb98-57195a6eb84a</RequestId></ResponseMetadata></${action}Response>`;

const listXml = (members: string, marker = ""): string =>
  answerXml(
    "DescribeLoadBalancers",
    `<LoadBalancers>${members}</LoadBalancers>${marker && `<NextMarker>${marker}</NextMarker>`}`,
  );

const shopXml = `<member>
  <LoadBalancerArn>${shop}</LoadBalancerArn>
  <Scheme>internet-facing</Scheme>
  <LoadBalancerName>shop</LoadBalancerName>
  <VpcId>vpc-0a1</VpcId>
  <CanonicalHostedZoneId>Z2P70J7EXAMPLE</CanonicalHostedZoneId>
  <CreatedTime>2024-03-25T21:26:12.920Z</CreatedTime>
  <AvailabilityZones>
    <member><SubnetId>subnet-0b2</SubnetId><ZoneName>eu-west-1b</ZoneName><LoadBalancerAddresses/></member>
    <member><SubnetId>subnet-0a1</SubnetId><ZoneName>eu-west-1a</ZoneName></member>
  </AvailabilityZones>
  <SecurityGroups><member>sg-0b2</member><member>sg-0a1</member></SecurityGroups>
  <DNSName>Shop-424835706.eu-west-1.elb.amazonaws.com</DNSName>
  <State><Code>active</Code></State>
  <IpAddressType>ipv4</IpAddressType>
  <Type>application</Type>
</member>`;

const balancerXml = (type: string, name: string, more = ""): string =>
  `<member><LoadBalancerArn>${arnOf(`${type === "application" ? "app" : "net"}/${name}/1`)}</LoadBalancerArn><Type>${type}</Type>${more}</member>`;

const listenersXml = answerXml(
  "DescribeListeners",
  `<Listeners>
    <member>
      <LoadBalancerArn>${shop}</LoadBalancerArn><Protocol>HTTPS</Protocol><Port>443</Port>
      <SslPolicy>ELBSecurityPolicy-TLS13-1-2-2021-06</SslPolicy>
      <Certificates><member><CertificateArn>arn:aws:acm:eu-west-1:111122223333:certificate/1</CertificateArn></member></Certificates>
      <ListenerArn>${prefix}:listener/app/shop/50dc6c495c0c9188/b</ListenerArn>
      <DefaultActions>
        <member><Type>forward</Type><Order>2</Order><TargetGroupArn>${prefix}:targetgroup/web/1</TargetGroupArn></member>
        <member><Type>authenticate-oidc</Type><Order>1</Order></member>
      </DefaultActions>
    </member>
    <member>
      <LoadBalancerArn>${shop}</LoadBalancerArn><Protocol>HTTP</Protocol><Port>80</Port>
      <ListenerArn>${prefix}:listener/app/shop/50dc6c495c0c9188/a</ListenerArn>
      <DefaultActions><member><Type>redirect</Type><RedirectConfig><Protocol>HTTPS</Protocol><Port>443</Port><StatusCode>HTTP_301</StatusCode></RedirectConfig></member></DefaultActions>
    </member>
  </Listeners>`,
);

const attributesXml = (values: Readonly<Record<string, string>>): string =>
  answerXml(
    "DescribeLoadBalancerAttributes",
    `<Attributes>${Object.entries(values)
      .map(([key, value]) => `<member><Key>${key}</Key><Value>${value}</Value></member>`)
      .join("")}</Attributes>`,
  );

const groupsXml = (members: string, marker = ""): string =>
  answerXml(
    "DescribeTargetGroups",
    `<TargetGroups>${members}</TargetGroups>${marker && `<NextMarker>${marker}</NextMarker>`}`,
  );
const groupXml = (name: string, balancer: string): string =>
  `<member><TargetGroupArn>${prefix}:targetgroup/${name}/1</TargetGroupArn><LoadBalancerArns><member>${balancer}</member></LoadBalancerArns></member>`;

const figures = (...values: readonly number[][]): string =>
  JSON.stringify({ MetricDataResults: values.map((Values, at) => ({ Id: `q${at}`, Values })) });

const answers: Answers = {
  DescribeLoadBalancers: listXml(shopXml),
  DescribeTargetGroups: groupsXml(groupXml("web", shop) + groupXml("api", shop) + groupXml("else", arnOf("net/x/1"))),
  DescribeListeners: listenersXml,
  DescribeLoadBalancerAttributes: attributesXml({
    "access_logs.s3.enabled": "true",
    "access_logs.s3.bucket": "logs",
    "access_logs.s3.prefix": "",
    "deletion_protection.enabled": "false",
    "routing.http.drop_invalid_header_fields.enabled": "true",
    "routing.http.desync_mitigation_mode": "defensive",
  }),
  GetResources: JSON.stringify({
    ResourceTagMappingList: [{ ResourceARN: shop, Tags: [{ Key: "env", Value: "prod" }] }],
  }),
  GetMetricData: figures([12, 4000, 7]),
};

describe("elbv2.loadBalancers", () => {
  it("reads an application load balancer", async ({ expect }) => {
    const aws = fakeAws(answers);
    expect(await allOf(collector, aws, now)).toEqual([
      {
        nativeId: shop,
        arn: shop,
        name: "shop",
        state: "active",
        tags: { env: "prod" },
        tagsUnread: false,
        createdAt: "2024-03-25T21:26:12.920Z",
        costMonthly: expect.closeTo((0.0225 + 2 * 0.005) * 730 * 1.11, 6),
        relations: [
          ["uses", "AWS::EC2::SecurityGroup", "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0a1"],
          ["uses", "AWS::EC2::SecurityGroup", "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0b2"],
          ["in", "AWS::EC2::Subnet", "arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-0a1"],
          ["in", "AWS::EC2::Subnet", "arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-0b2"],
          ["uses", "AWS::CertificateManager::Certificate", "arn:aws:acm:eu-west-1:111122223333:certificate/1"],
          ["forwardsTo", "AWS::ElasticLoadBalancingV2::TargetGroup", `${prefix}:targetgroup/api/1`],
          ["forwardsTo", "AWS::ElasticLoadBalancingV2::TargetGroup", `${prefix}:targetgroup/web/1`],
          ["logsTo", "AWS::S3::Bucket", "arn:aws:s3:::logs"],
        ].map(([kind, resourceType, target]) => ({ kind, resourceType, target })),
        dnsNames: ["shop-424835706.eu-west-1.elb.amazonaws.com"],
        attributes: {
          type: "application",
          scheme: "internet-facing",
          ipAddressType: "ipv4",
          dnsName: "shop-424835706.eu-west-1.elb.amazonaws.com",
          vpcId: "vpc-0a1",
          availabilityZones: ["eu-west-1a", "eu-west-1b"],
          subnetIds: ["subnet-0a1", "subnet-0b2"],
          securityGroupIds: ["sg-0a1", "sg-0b2"],
          targetGroupArns: [`${prefix}:targetgroup/api/1`, `${prefix}:targetgroup/web/1`],
          listeners: [
            {
              arn: `${prefix}:listener/app/shop/50dc6c495c0c9188/a`,
              port: 80,
              protocol: "HTTP",
              sslPolicy: null,
              certificateArns: [],
              defaultActions: [{ type: "redirect", redirectProtocol: "HTTPS" }],
            },
            {
              arn: `${prefix}:listener/app/shop/50dc6c495c0c9188/b`,
              port: 443,
              protocol: "HTTPS",
              sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
              certificateArns: ["arn:aws:acm:eu-west-1:111122223333:certificate/1"],
              defaultActions: [
                { type: "authenticate-oidc", redirectProtocol: null },
                { type: "forward", redirectProtocol: null },
              ],
            },
          ],
          accessLogsEnabled: true,
          accessLogsBucket: "logs",
          deletionProtection: false,
          dropInvalidHeaders: true,
          desyncMitigationMode: "defensive",
        },
        observed: { busiestDayRequests: 4000 },
      },
    ]);
    expect(aws.asked.slice(0, 5)).toEqual([
      'DescribeLoadBalancers {"PageSize":400}',
      'DescribeTargetGroups {"PageSize":400}',
      `DescribeListeners {"LoadBalancerArn":"${shop}","PageSize":400}`,
      `DescribeLoadBalancerAttributes {"LoadBalancerArn":"${shop}"}`,
      `GetResources {"ResourceARNList":["${shop}"]}`,
    ]);
    expect(aws.calls.slice(5).map(({ input }) => input)).toEqual([
      {
        StartTime: Date.parse("2026-06-03T00:00:00Z") / 1000,
        EndTime: Date.parse("2026-06-10T00:00:00Z") / 1000,
        MetricDataQueries: [
          {
            Id: "q0",
            MetricStat: {
              Metric: {
                Namespace: "AWS/ApplicationELB",
                MetricName: "RequestCount",
                Dimensions: [{ Name: "LoadBalancer", Value: "app/shop/50dc6c495c0c9188" }],
              },
              Period: 86_400,
              Stat: "Sum",
            },
          },
        ],
      },
    ]);
  });

  it("says null for what a load balancer has not, and has no query for an unknown type", async ({ expect }) => {
    const bare = `<member><LoadBalancerArn>${shop}</LoadBalancerArn><AvailabilityZones/><SecurityGroups/><State/></member>`;
    const aws = fakeAws({
      ...answers,
      DescribeLoadBalancers: listXml(bare),
      DescribeTargetGroups: groupsXml(""),
      DescribeListeners: answerXml("DescribeListeners", "<Listeners/>"),
      DescribeLoadBalancerAttributes: attributesXml({ "access_logs.s3.bucket": "" }),
      GetResources: '{"ResourceTagMappingList":[]}',
    });
    const [found] = await allOf(collector, aws, now);
    expect(found).toMatchObject({ name: null, state: null, tags: {}, tagsUnread: false, createdAt: null });
    expect(found).toMatchObject({ costMonthly: null, relations: [], dnsNames: [] });
    const { availabilityZones, subnetIds, securityGroupIds, targetGroupArns, listeners, ...rest } = {
      ...found?.attributes,
    };
    expect([availabilityZones, subnetIds, securityGroupIds, targetGroupArns, listeners]).toEqual([[], [], [], [], []]);
    expect(new Set(Object.values(rest))).toEqual(new Set([null]));
    expect(found?.observed).toBeUndefined();
    expect(aws.asked.some((call) => call.startsWith("GetMetricData"))).toBe(false);
  });

  it("knows the figure of each type, and that there was no traffic at all", async ({ expect }) => {
    const aws = fakeAws({
      ...answers,
      DescribeLoadBalancers: listXml(
        balancerXml("application", "a") + balancerXml("network", "n") + balancerXml("gateway", "g"),
      ),
      GetMetricData: figures([], [3], [5, 9]),
    });
    const found = await allOf(collector, aws, now);
    expect(found.map(({ observed }) => observed)).toEqual([
      { busiestDayRequests: null },
      { busiestDayRequests: 3 },
      { busiestDayRequests: 9 },
    ]);
    const asked = aws.calls.find(({ action }) => action === "GetMetricData");
    expect(JSON.stringify(asked?.input)).toMatch(
      /ApplicationELB.*RequestCount.*NetworkELB.*NewFlowCount.*GatewayELB.*NewFlow/,
    );
  });

  it("prices the addresses AWS lends: not those of its own, of internal ones, nor where there are none", async ({
    expect,
  }) => {
    const zone = (own: string): string =>
      `<AvailabilityZones><member><ZoneName>eu-west-1a</ZoneName>${own}</member></AvailabilityZones>`;
    const ownAddress =
      "<LoadBalancerAddresses><member><AllocationId>eipalloc-1</AllocationId></member></LoadBalancerAddresses>";
    const facing = "<Scheme>internet-facing</Scheme>";
    const aws = fakeAws({
      ...answers,
      DescribeLoadBalancers: listXml(
        balancerXml("network", "lent", facing + zone("")) +
          balancerXml("network", "own", facing + zone(ownAddress)) +
          balancerXml("network", "internal", `<Scheme>internal</Scheme>${zone("")}`) +
          balancerXml(
            "application",
            "v6",
            `${facing}<IpAddressType>dualstack-without-public-ipv4</IpAddressType>${zone("")}`,
          ) +
          balancerXml("gateway", "g", zone("")),
      ),
    });
    const hour = 730 * 1.11;
    const found = await allOf(collector, aws, now);
    expect(found.map(({ costMonthly }) => costMonthly && Math.round(costMonthly * 1000) / 1000)).toEqual([
      Math.round(0.0275 * hour * 1000) / 1000,
      ...[0.0225, 0.0225, 0.0225].map((usd) => Math.round(usd * hour * 1000) / 1000),
      null,
    ]);
  });

  it("goes through all pages, and through those of the target groups once", async ({ expect }) => {
    const aws = fakeAws({
      ...answers,
      DescribeLoadBalancers: ({ Marker }) =>
        Marker === "m2" ? listXml(balancerXml("network", "b")) : listXml(balancerXml("network", "a"), "m2"),
      DescribeTargetGroups: ({ Marker }) =>
        Marker === "t2"
          ? groupsXml(groupXml("two", arnOf("net/b/1")))
          : groupsXml(groupXml("one", arnOf("net/b/1")), "t2"),
    });
    const pages = await collect(collector, aws, now);
    expect(pages.map((page) => page.map(({ attributes }) => attributes.targetGroupArns))).toEqual([
      [[]],
      [[`${prefix}:targetgroup/one/1`, `${prefix}:targetgroup/two/1`]],
    ]);
    expect(aws.asked.filter((call) => call.startsWith("DescribeTargetGroups"))).toEqual([
      'DescribeTargetGroups {"PageSize":400}',
      'DescribeTargetGroups {"PageSize":400,"Marker":"t2"}',
    ]);
  });

  it("keeps apart what could not be read", async ({ expect }) => {
    const aws = fakeAws({ DescribeLoadBalancers: listXml(shopXml) });
    const [found] = await allOf(collector, aws, now);
    expect(found).toMatchObject({ name: "shop", tags: {}, tagsUnread: true });
    expect(found?.attributes).toMatchObject({
      type: "application",
      targetGroupArns: undefined,
      listeners: undefined,
      accessLogsEnabled: undefined,
      accessLogsBucket: undefined,
      deletionProtection: undefined,
      dropInvalidHeaders: undefined,
      desyncMitigationMode: undefined,
    });
    expect(found?.observed).toEqual({ busiestDayRequests: undefined });
    expect(aws.gaps).toEqual(["DescribeListeners", "DescribeLoadBalancerAttributes", "GetResources", "GetMetricData"]);
  });

  it("does not take an answer without its list for an empty one", async ({ expect }) => {
    const odd = { DescribeListeners: answerXml("DescribeListeners", ""), DescribeLoadBalancerAttributes: "<Odd/>" };
    const [found] = await allOf(collector, fakeAws({ ...answers, ...odd }), now);
    expect(found?.attributes).toMatchObject({ listeners: undefined, deletionProtection: undefined });
    const noList = fakeAws({ ...answers, DescribeLoadBalancers: answerXml("DescribeLoadBalancers", "") });
    await expect(allOf(collector, noList, now)).rejects.toThrow();
  });

  it("leaves out one that is gone since it was listed", async ({ expect }) => {
    const gone = { status: 400, body: errorXml("LoadBalancerNotFound") };
    const aws = fakeAws({ ...answers, DescribeListeners: gone });
    expect(await allOf(collector, aws, now)).toEqual([]);
    expect(aws.gaps).toEqual([]);
  });

  it("makes one call for a region without load balancers", async ({ expect }) => {
    const aws = fakeAws({ DescribeLoadBalancers: listXml("") });
    expect(await allOf(collector, aws, now)).toEqual([]);
    expect(aws.asked).toEqual(['DescribeLoadBalancers {"PageSize":400}']);
  });

  it("fails as a whole when the list is denied", async ({ expect }) => {
    await expect(allOf(collector, fakeAws({}), now)).rejects.toBeInstanceOf(AwsFault);
  });
});
