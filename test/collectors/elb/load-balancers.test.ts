import { describe, it } from "vitest";
import { AwsFault } from "#aws/fault";
import { collector } from "#collectors/elb/load-balancers";
import { allOf, collect, errorXml, fakeAws, type Answers } from "../../support/fake-aws.ts";

const now = new Date("2026-06-10T12:00:00Z");
const arnOf = (name: string): string => `arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/${name}`;

const answerXml = (action: string, content: string): string =>
  `<${action}Response xmlns="http://elasticloadbalancing.amazonaws.com/doc/2012-06-01/"><${action}Result>${content}</${action}Result><ResponseMetadata><RequestId>83c88b9d-12b7-11e3-8b82-87b12EXAMPLE</RequestId></ResponseMetadata></${action}Response>`;
const listXml = (members: string, marker = ""): string =>
  answerXml(
    "DescribeLoadBalancers",
    `<LoadBalancerDescriptions>${members}</LoadBalancerDescriptions>${marker && `<NextMarker>${marker}</NextMarker>`}`,
  );
const balancerXml = (name: string, more = ""): string =>
  `<member><LoadBalancerName>${name}</LoadBalancerName>${more}</member>`;
const instancesXml = "<Instances><member><InstanceId>i-0b2</InstanceId></member></Instances>";

const shopXml = balancerXml(
  "shop",
  `<SecurityGroups><member>sg-0a1</member></SecurityGroups>
  <CreatedTime>2019-05-24T21:15:31.280Z</CreatedTime>
  <HealthCheck><Interval>90</Interval><Target>HTTP:80/</Target><HealthyThreshold>2</HealthyThreshold><Timeout>60</Timeout><UnhealthyThreshold>10</UnhealthyThreshold></HealthCheck>
  <VPCId>vpc-0a1</VPCId>
  <ListenerDescriptions>
    <member><PolicyNames/><Listener><Protocol>HTTPS</Protocol><LoadBalancerPort>443</LoadBalancerPort><InstanceProtocol>HTTP</InstanceProtocol><SSLCertificateId>arn:aws:iam::111122223333:server-certificate/old</SSLCertificateId><InstancePort>80</InstancePort></Listener></member>
    <member><PolicyNames/><Listener><Protocol>HTTP</Protocol><LoadBalancerPort>80</LoadBalancerPort><InstanceProtocol>HTTP</InstanceProtocol><InstancePort>80</InstancePort></Listener></member>
  </ListenerDescriptions>
  <Instances><member><InstanceId>i-0b2</InstanceId></member><member><InstanceId>i-0a1</InstanceId></member></Instances>
  <Policies><AppCookieStickinessPolicies/><OtherPolicies/><LBCookieStickinessPolicies/></Policies>
  <AvailabilityZones><member>eu-west-1b</member><member>eu-west-1a</member></AvailabilityZones>
  <CanonicalHostedZoneName>Shop-1.eu-west-1.elb.amazonaws.com</CanonicalHostedZoneName>
  <Scheme>internet-facing</Scheme>
  <DNSName>Shop-1.eu-west-1.elb.amazonaws.com</DNSName>
  <BackendServerDescriptions/>
  <Subnets><member>subnet-0a1</member></Subnets>`,
);
const healthXml = (...states: readonly string[]): string =>
  answerXml(
    "DescribeInstanceHealth",
    `<InstanceStates>${states
      .map(
        (state) => `<member><InstanceId>i-1</InstanceId><State>${state}</State><ReasonCode>N/A</ReasonCode></member>`,
      )
      .join("")}</InstanceStates>`,
  );

const answers: Answers = {
  DescribeLoadBalancers: listXml(shopXml),
  DescribeInstanceHealth: healthXml("OutOfService", "InService"),
  GetResources: JSON.stringify({
    ResourceTagMappingList: [{ ResourceARN: arnOf("shop"), Tags: [{ Key: "env", Value: "prod" }] }],
  }),
  GetMetricData: JSON.stringify({ MetricDataResults: [{ Id: "q0", Values: [5, 80] }] }),
};

describe("elb.loadBalancers", () => {
  it("reads a load balancer", async ({ expect }) => {
    const aws = fakeAws(answers);
    expect(await allOf(collector, aws, now)).toEqual([
      {
        nativeId: arnOf("shop"),
        arn: arnOf("shop"),
        name: "shop",
        state: null,
        tags: { env: "prod" },
        tagsUnread: false,
        createdAt: "2019-05-24T21:15:31.280Z",
        costMonthly: expect.closeTo((0.025 + 2 * 0.005) * 730 * 1.11, 6),
        relations: [
          ["uses", "AWS::EC2::SecurityGroup", "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0a1"],
          ["in", "AWS::EC2::Subnet", "arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-0a1"],
          ["uses", "AWS::IAM::ServerCertificate", "arn:aws:iam::111122223333:server-certificate/old"],
          ["forwardsTo", "AWS::EC2::Instance", "arn:aws:ec2:eu-west-1:111122223333:instance/i-0a1"],
          ["forwardsTo", "AWS::EC2::Instance", "arn:aws:ec2:eu-west-1:111122223333:instance/i-0b2"],
        ].map(([kind, resourceType, target]) => ({ kind, resourceType, target })),
        dnsNames: ["shop-1.eu-west-1.elb.amazonaws.com"],
        attributes: {
          scheme: "internet-facing",
          dnsName: "shop-1.eu-west-1.elb.amazonaws.com",
          vpcId: "vpc-0a1",
          availabilityZones: ["eu-west-1a", "eu-west-1b"],
          subnetIds: ["subnet-0a1"],
          securityGroupIds: ["sg-0a1"],
          instanceIds: ["i-0a1", "i-0b2"],
          listeners: [
            { protocol: "HTTP", port: 80, instanceProtocol: "HTTP", instancePort: 80, certificateArn: null },
            {
              protocol: "HTTPS",
              port: 443,
              instanceProtocol: "HTTP",
              instancePort: 80,
              certificateArn: "arn:aws:iam::111122223333:server-certificate/old",
            },
          ],
        },
        observed: { instancesByState: { InService: 1, OutOfService: 1 }, busiestDayRequests: 80 },
      },
    ]);
    expect(aws.asked.slice(0, 3)).toEqual([
      'DescribeLoadBalancers {"PageSize":400}',
      'DescribeInstanceHealth {"LoadBalancerName":"shop"}',
      `GetResources {"ResourceARNList":["${arnOf("shop")}"]}`,
    ]);
    expect(JSON.stringify(aws.calls[3]?.input["MetricDataQueries"])).toContain(
      '{"Namespace":"AWS/ELB","MetricName":"RequestCount","Dimensions":[{"Name":"LoadBalancerName","Value":"shop"}]}',
    );
    expect(aws.calls).toHaveLength(4);
  });

  it("asks neither for the health nor the traffic of one without instances, and says null for what it has not", async ({
    expect,
  }) => {
    const aws = fakeAws({ ...answers, DescribeLoadBalancers: listXml(balancerXml("bare", "<Instances/>")) });
    const [found] = await allOf(collector, aws, now);
    expect(found).toMatchObject({ tags: {}, createdAt: null, relations: [], dnsNames: [] });
    expect(found?.costMonthly).toBeCloseTo(0.025 * 730 * 1.11, 6);
    expect(found?.attributes).toEqual({
      scheme: null,
      dnsName: null,
      vpcId: null,
      availabilityZones: [],
      subnetIds: [],
      securityGroupIds: [],
      instanceIds: [],
      listeners: [],
    });
    expect(found?.observed).toEqual({ instancesByState: {} });
    expect(aws.calls.map(({ action }) => action)).toEqual(["DescribeLoadBalancers", "GetResources"]);
  });

  it("goes through all pages", async ({ expect }) => {
    const aws = fakeAws({
      ...answers,
      DescribeLoadBalancers: ({ Marker }) =>
        Marker === "m2" ? listXml(balancerXml("c")) : listXml(balancerXml("a") + balancerXml("b"), "m2"),
    });
    const pages = await collect(collector, aws, now);
    expect(pages.map((page) => page.map(({ name }) => name))).toEqual([["a", "b"], ["c"]]);
  });

  it("keeps apart what could not be read", async ({ expect }) => {
    const aws = fakeAws({ DescribeLoadBalancers: listXml(shopXml) });
    const [found] = await allOf(collector, aws, now);
    expect(found).toMatchObject({ tags: {}, tagsUnread: true });
    expect(found?.observed).toEqual({ instancesByState: undefined, busiestDayRequests: undefined });
    expect(aws.gaps).toEqual(["DescribeInstanceHealth", "GetResources", "GetMetricData"]);
  });

  it("leaves out one that is gone since it was listed", async ({ expect }) => {
    const gone = { status: 400, body: errorXml("LoadBalancerNotFound") };
    const aws = fakeAws({
      ...answers,
      DescribeLoadBalancers: listXml(balancerXml("gone", instancesXml) + balancerXml("bare")),
      DescribeInstanceHealth: gone,
    });
    expect((await allOf(collector, aws, now)).map(({ name }) => name)).toEqual(["bare"]);
    expect(aws.gaps).toEqual([]);
  });

  it("makes one call for a region without load balancers", async ({ expect }) => {
    const aws = fakeAws({ DescribeLoadBalancers: listXml("") });
    expect(await allOf(collector, aws, now)).toEqual([]);
    expect(aws.asked).toEqual(['DescribeLoadBalancers {"PageSize":400}']);
  });

  it("fails as a whole when the list is denied, or is no list", async ({ expect }) => {
    await expect(allOf(collector, fakeAws({}), now)).rejects.toBeInstanceOf(AwsFault);
    const odd = fakeAws({ DescribeLoadBalancers: answerXml("DescribeLoadBalancers", "") });
    await expect(allOf(collector, odd, now)).rejects.toThrow();
  });
});
