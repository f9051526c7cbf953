import { describe, it } from "vitest";
import { AwsFault } from "#aws/fault";
import { collector } from "#collectors/elbv2/target-groups";
import { allOf, collect, errorXml, fakeAws, type Answers } from "../../support/fake-aws.ts";

const prefix = "arn:aws:elasticloadbalancing:eu-west-1:111122223333";
const arnOf = (name: string): string => `${prefix}:targetgroup/${name}/73e2d6bc24d8a067`;
const balancer = `${prefix}:loadbalancer/app/shop/50dc6c495c0c9188`;

const answerXml = (action: string, content: string): string =>
  `<${action}Response xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><${action}Result>${content}</${action}Result><ResponseMetadata><RequestId>70092c0e-f3a9-11e5-ae48-cff02092876b</RequestId></ResponseMetadata></${action}Response>`;
const listXml = (members: string, marker = ""): string =>
  answerXml(
    "DescribeTargetGroups",
    `<TargetGroups>${members}</TargetGroups>${marker && `<NextMarker>${marker}</NextMarker>`}`,
  );
const groupXml = (name: string, more = ""): string =>
  `<member><TargetGroupArn>${arnOf(name)}</TargetGroupArn><TargetGroupName>${name}</TargetGroupName>${more}</member>`;

const webXml = groupXml(
  "web",
  `<HealthCheckTimeoutSeconds>5</HealthCheckTimeoutSeconds><HealthCheckPort>traffic-port</HealthCheckPort>
  <Matcher><HttpCode>200</HttpCode></Matcher><HealthCheckProtocol>HTTP</HealthCheckProtocol><HealthCheckPath>/up</HealthCheckPath>
  <Protocol>HTTP</Protocol><Port>80</Port><VpcId>vpc-0a1</VpcId><HealthyThresholdCount>5</HealthyThresholdCount>
  <HealthCheckIntervalSeconds>30</HealthCheckIntervalSeconds><LoadBalancerArns><member>${balancer}</member></LoadBalancerArns>
  <UnhealthyThresholdCount>2</UnhealthyThresholdCount><TargetType>instance</TargetType><HealthCheckEnabled>true</HealthCheckEnabled>
  <ProtocolVersion>HTTP1</ProtocolVersion><IpAddressType>ipv4</IpAddressType>`,
);

const healthXml = (...targets: readonly (readonly [id: string, state: string])[]): string =>
  answerXml(
    "DescribeTargetHealth",
    targets.length === 0
      ? "<TargetHealthDescriptions/>"
      : `<TargetHealthDescriptions>${targets
          .map(
            ([id, state]) =>
              `<member><HealthCheckPort>80</HealthCheckPort><TargetHealth><State>${state}</State></TargetHealth><Target><Port>80</Port><Id>${id}</Id></Target></member>`,
          )
          .join("")}</TargetHealthDescriptions>`,
  );

const answers: Answers = {
  DescribeTargetGroups: listXml(webXml),
  DescribeTargetHealth: healthXml(["i-0b2", "healthy"], ["i-0a1", "unhealthy"], ["i-0b2", "healthy"]),
  GetResources: JSON.stringify({
    ResourceTagMappingList: [{ ResourceARN: arnOf("web"), Tags: [{ Key: "env", Value: "prod" }] }],
  }),
};

describe("elbv2.targetGroups", () => {
  it("reads a group of instances", async ({ expect }) => {
    const aws = fakeAws(answers);
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: arnOf("web"),
        arn: arnOf("web"),
        name: "web",
        state: null,
        tags: { env: "prod" },
        tagsUnread: false,
        createdAt: null,
        costMonthly: 0,
        relations: ["i-0a1", "i-0b2"].map((id) => ({
          kind: "forwardsTo",
          resourceType: "AWS::EC2::Instance",
          target: `arn:aws:ec2:eu-west-1:111122223333:instance/${id}`,
        })),
        attributes: {
          targetType: "instance",
          protocol: "HTTP",
          protocolVersion: "HTTP1",
          port: 80,
          vpcId: "vpc-0a1",
          healthCheckEnabled: true,
          healthCheckProtocol: "HTTP",
          healthCheckPath: "/up",
          loadBalancerArns: [balancer],
          targetIds: ["i-0a1", "i-0b2"],
        },
        observed: { targetsByState: { healthy: 2, unhealthy: 1 } },
      },
    ]);
    expect(aws.asked).toEqual([
      'DescribeTargetGroups {"PageSize":400}',
      `DescribeTargetHealth {"TargetGroupArn":"${arnOf("web")}"}`,
      `GetResources {"ResourceARNList":["${arnOf("web")}"]}`,
    ]);
  });

  it("says null for what a group has not, and knows one without targets", async ({ expect }) => {
    const aws = fakeAws({
      ...answers,
      DescribeTargetGroups: listXml(groupXml("web", "<LoadBalancerArns/>")),
      DescribeTargetHealth: healthXml(),
    });
    const [found] = await allOf(collector, aws);
    const { loadBalancerArns, targetIds, ...rest } = { ...found?.attributes };
    expect([loadBalancerArns, targetIds]).toEqual([[], []]);
    expect(new Set(Object.values(rest))).toEqual(new Set([null]));
    expect(found).toMatchObject({ relations: [], observed: { targetsByState: {} } });
  });

  it("points at functions and load balancers, not at addresses", async ({ expect }) => {
    const lambda = "arn:aws:lambda:eu-west-1:111122223333:function:hello";
    const targetsOf: Readonly<Record<string, string>> = { lambda: `${lambda}:live`, alb: balancer, ip: "10.0.0.7" };
    const aws = fakeAws({
      ...answers,
      DescribeTargetGroups: listXml(
        Object.keys(targetsOf)
          .map((type) => groupXml(type, `<TargetType>${type}</TargetType>`))
          .join(""),
      ),
      DescribeTargetHealth: ({ TargetGroupArn }) => {
        const type = String(TargetGroupArn).split("/")[1] ?? "";
        return healthXml([targetsOf[type] ?? "", "unavailable"]);
      },
    });
    const found = await allOf(collector, aws);
    expect(found.map(({ relations }) => relations)).toEqual([
      [{ kind: "forwardsTo", resourceType: "AWS::Lambda::Function", target: lambda }],
      [{ kind: "forwardsTo", resourceType: "AWS::ElasticLoadBalancingV2::LoadBalancer", target: balancer }],
      [],
    ]);
    expect(found.map(({ attributes }) => attributes.targetIds)).toEqual([[`${lambda}:live`], [balancer], null]);
    expect(found.map(({ observed }) => observed)).toEqual(found.map(() => ({ targetsByState: { unavailable: 1 } })));
  });

  it("goes through all pages", async ({ expect }) => {
    const aws = fakeAws({
      ...answers,
      DescribeTargetGroups: ({ Marker }) =>
        Marker === "m2" ? listXml(groupXml("c")) : listXml(groupXml("a") + groupXml("b"), "m2"),
    });
    const pages = await collect(collector, aws);
    expect(pages.map((page) => page.map(({ name }) => name))).toEqual([["a", "b"], ["c"]]);
  });

  it("does not go round in a list that repeats a page", async ({ expect }) => {
    const aws = fakeAws({ ...answers, DescribeTargetGroups: () => listXml(webXml, "m2") });
    await expect(allOf(collector, aws)).rejects.toThrow("DescribeTargetGroups repeats a page");
  });

  it("keeps apart what could not be read", async ({ expect }) => {
    const aws = fakeAws({ DescribeTargetGroups: listXml(webXml) });
    const [found] = await allOf(collector, aws);
    expect(found).toMatchObject({ tags: {}, tagsUnread: true, relations: [], attributes: { targetIds: undefined } });
    expect(found?.observed).toEqual({ targetsByState: undefined });
    expect(aws.gaps).toEqual(["DescribeTargetHealth", "GetResources"]);
    const odd = fakeAws({ ...answers, DescribeTargetHealth: answerXml("DescribeTargetHealth", "") });
    expect((await allOf(collector, odd))[0]?.observed).toEqual({ targetsByState: undefined });
  });

  it("leaves out one that is gone since it was listed", async ({ expect }) => {
    const gone = { status: 400, body: errorXml("TargetGroupNotFound") };
    const aws = fakeAws({ ...answers, DescribeTargetHealth: gone });
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.gaps).toEqual([]);
  });

  it("makes one call for a region without target groups", async ({ expect }) => {
    const aws = fakeAws({ DescribeTargetGroups: listXml("") });
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.asked).toEqual(['DescribeTargetGroups {"PageSize":400}']);
  });

  it("fails as a whole when the list is denied, or is no list", async ({ expect }) => {
    await expect(allOf(collector, fakeAws({}))).rejects.toBeInstanceOf(AwsFault);
    const odd = fakeAws({ DescribeTargetGroups: answerXml("DescribeTargetGroups", "") });
    await expect(allOf(collector, odd)).rejects.toThrow();
  });
});
