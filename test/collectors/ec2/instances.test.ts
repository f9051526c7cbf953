import { describe, it } from "vitest";
import { collector } from "#collectors/ec2/instances";
import { collect, fakeAws, inPages, type Answering, type Wire } from "../../support/fake-aws.ts";
import { relation, response } from "./wire.ts";

const stopped = `
  <item>
    <instanceId>i-1234567890abcdef0</instanceId>
    <imageId>ami-bff32ccc</imageId>
    <instanceState><code>80</code><name>stopped</name></instanceState>
    <privateDnsName>ip-192-168-1-88.eu-west-1.compute.internal</privateDnsName>
    <dnsName/>
    <reason>User initiated (2026-02-01 09:30:00 GMT)</reason>
    <keyName>my_keypair</keyName>
    <amiLaunchIndex>0</amiLaunchIndex>
    <productCodes/>
    <instanceType>t3.micro</instanceType>
    <launchTime>2026-01-08T16:46:19.000Z</launchTime>
    <platformDetails>Linux/UNIX</platformDetails>
    <placement><availabilityZone>eu-west-1c</availabilityZone><groupName/><tenancy>default</tenancy></placement>
    <monitoring><state>disabled</state></monitoring>
    <subnetId>subnet-56f5f633</subnetId>
    <vpcId>vpc-11112222</vpcId>
    <privateIpAddress>192.168.1.88</privateIpAddress>
    <ipAddress>203.0.113.10</ipAddress>
    <networkInterfaceSet>
      <item>
        <networkInterfaceId>eni-0a</networkInterfaceId>
        <association><publicIp>203.0.113.10</publicIp><ipOwnerId>amazon</ipOwnerId></association>
        <ipv6AddressesSet><item><ipv6Address>2001:db8::1</ipv6Address></item></ipv6AddressesSet>
      </item>
      <item>
        <networkInterfaceId>eni-0b</networkInterfaceId>
        <association><publicIp>203.0.113.11</publicIp><ipOwnerId>111122223333</ipOwnerId></association>
        <ipv6AddressesSet/>
      </item>
    </networkInterfaceSet>
    <groupSet>
      <item><groupId>sg-e4076980</groupId><groupName>web</groupName></item>
      <item><groupId>sg-0a</groupId><groupName>ssh</groupName></item>
    </groupSet>
    <architecture>x86_64</architecture>
    <rootDeviceType>ebs</rootDeviceType>
    <rootDeviceName>/dev/xvda</rootDeviceName>
    <blockDeviceMapping>
      <item>
        <deviceName>/dev/xvda</deviceName>
        <ebs>
          <volumeId>vol-1234567890abcdef0</volumeId><status>attached</status>
          <attachTime>2026-01-08T16:46:20.000Z</attachTime><deleteOnTermination>true</deleteOnTermination>
        </ebs>
      </item>
      <item><deviceName>/dev/sdf</deviceName><ebs><volumeId>vol-0a</volumeId></ebs></item>
    </blockDeviceMapping>
    <virtualizationType>hvm</virtualizationType>
    <instanceLifecycle>spot</instanceLifecycle>
    <iamInstanceProfile>
      <arn>arn:aws:iam::111122223333:instance-profile/AdminRole</arn><id>ABCAJEDNCAA64SSD123AB</id>
    </iamInstanceProfile>
    <metadataOptions>
      <state>applied</state><httpTokens>optional</httpTokens>
      <httpPutResponseHopLimit>2</httpPutResponseHopLimit><httpEndpoint>enabled</httpEndpoint>
    </metadataOptions>
    <tagSet><item><key>Name</key><value>Server_1</value></item></tagSet>
  </item>`;

const bare = (id: string, reason = "") => `
  <item>
    <instanceId>${id}</instanceId>
    <instanceState><code>48</code><name>terminated</name></instanceState>
    <reason>${reason}</reason>
    <iamInstanceProfile/>
    <groupSet/>
    <blockDeviceMapping/>
  </item>`;

const reservation = (items: string) => `
  <item>
    <reservationId>r-1234567890abcdef0</reservationId>
    <ownerId>111122223333</ownerId>
    <groupSet/>
    <instancesSet>${items}</instancesSet>
  </item>`;

const page = (reservations: string, token = "") =>
  response(
    "DescribeInstances",
    `<reservationSet>${reservations}</reservationSet>${token && `<nextToken>${token}</nextToken>`}`,
  );

/** An instance of which only this is said. */
const plain = (id: string, type: string, state: string, more = "") => `
  <item>
    <instanceId>${id}</instanceId><instanceType>${type}</instanceType>
    <instanceState><name>${state}</name></instanceState>${more}
  </item>`;

const types = (...names: readonly string[]) =>
  response(
    "DescribeInstanceTypes",
    `<instanceTypeSet>${names
      .map(
        (name) => `
          <item>
            <instanceType>${name}</instanceType><currentGeneration>true</currentGeneration>
            <vCpuInfo><defaultVCpus>2</defaultVCpus><defaultCores>1</defaultCores></vCpuInfo>
            <memoryInfo><sizeInMiB>1024</sizeInMiB></memoryInfo>
            <burstablePerformanceSupported>true</burstablePerformanceSupported>
          </item>`,
      )
      .join("")}</instanceTypeSet>`,
  );

/** Instances, their types and their figures; what is not given is denied. */
const account = (instances: Answering, answers: Readonly<Record<string, Wire>> = {}) =>
  fakeAws((call) => (call.action === "DescribeInstances" ? instances(call) : answers[call.action]));

describe("ec2.instances", () => {
  it("reads every fact", async ({ expect }) => {
    const aws = account(inPages(page(reservation(stopped))), { DescribeInstanceTypes: types("t3.micro") });
    expect(await collect(collector, aws)).toEqual([
      [
        {
          nativeId: "arn:aws:ec2:eu-west-1:111122223333:instance/i-1234567890abcdef0",
          arn: "arn:aws:ec2:eu-west-1:111122223333:instance/i-1234567890abcdef0",
          name: "Server_1",
          state: "stopped",
          tags: { Name: "Server_1" },
          createdAt: "2026-01-08T16:46:19.000Z",
          costMonthly: 0,
          relations: [
            relation("uses", "SecurityGroup", "111122223333:security-group/sg-0a"),
            relation("uses", "SecurityGroup", "111122223333:security-group/sg-e4076980"),
            relation("in", "Subnet", "111122223333:subnet/subnet-56f5f633"),
            relation("in", "VPC", "111122223333:vpc/vpc-11112222"),
            relation("bootedFrom", "Image", ":image/ami-bff32ccc"),
            relation("uses", "Volume", "111122223333:volume/vol-0a"),
            relation("uses", "Volume", "111122223333:volume/vol-1234567890abcdef0"),
            {
              kind: "assumes",
              resourceType: "AWS::IAM::InstanceProfile",
              target: "arn:aws:iam::111122223333:instance-profile/AdminRole",
            },
          ],
          attributes: {
            instanceId: "i-1234567890abcdef0",
            instanceType: "t3.micro",
            imageId: "ami-bff32ccc",
            availabilityZone: "eu-west-1c",
            vpcId: "vpc-11112222",
            subnetId: "subnet-56f5f633",
            privateIp: "192.168.1.88",
            publicIp: "203.0.113.10",
            publicIps: ["203.0.113.10", "203.0.113.11"],
            ipv6Addresses: ["2001:db8::1"],
            securityGroupIds: ["sg-0a", "sg-e4076980"],
            volumeIds: ["vol-0a", "vol-1234567890abcdef0"],
            iamInstanceProfile: "arn:aws:iam::111122223333:instance-profile/AdminRole",
            httpEndpoint: "enabled",
            httpTokens: "optional",
            httpPutResponseHopLimit: 2,
            monitoring: "disabled",
            lifecycle: "spot",
            launchedAt: "2026-01-08T16:46:19.000Z",
            stateTransitionReason: "User initiated (2026-02-01 09:30:00 GMT)",
            stateChangedAt: "2026-02-01T09:30:00.000Z",
            platform: "Linux/UNIX",
            tenancy: "default",
            typeFacts: { currentGeneration: true, vCpus: 2, memoryMib: 1024, burstable: true },
          },
        },
      ],
    ]);
    expect(aws.asked).toEqual([
      'DescribeInstances {"MaxResults":1000}',
      'DescribeInstanceTypes {"InstanceType":["t3.micro"]}',
    ]);
  });

  it("joins the reservations of a page and yields page by page", async ({ expect }) => {
    const first = page(reservation(bare("i-0a") + bare("i-0b")) + reservation(bare("i-0c")), "1");
    const aws = fakeAws(inPages(first, page(reservation(bare("i-0d")))));
    const ids = (await collect(collector, aws)).map((one) => one.map(({ attributes }) => attributes.instanceId));
    expect(ids).toEqual([["i-0a", "i-0b", "i-0c"], ["i-0d"]]);
    expect(aws.calls.map(({ input }) => input)).toEqual([{ MaxResults: 1000 }, { MaxResults: 1000, NextToken: "1" }]);
  });

  it("reads what a terminated one no longer has as null", async ({ expect }) => {
    const [[found] = []] = await collect(collector, fakeAws(inPages(page(reservation(bare("i-0a"))))));
    expect(found).toMatchObject({ state: "terminated", name: null, createdAt: null, costMonthly: 0, relations: [] });
    expect(found?.attributes).toMatchObject({
      iamInstanceProfile: null,
      httpTokens: null,
      httpEndpoint: null,
      volumeIds: [],
      publicIps: [],
      ipv6Addresses: [],
      typeFacts: null,
      stateTransitionReason: null,
      stateChangedAt: null,
    });
  });

  it.for([
    ["User initiated (2026-02-01 09:30:00 UTC)", "2026-02-01T09:30:00.000Z"],
    ["Server.SpotInstanceTermination (2026-02-01 09:30:00 GMT): taken back", "2026-02-01T09:30:00.000Z"],
    ["User initiated", null],
    ["User initiated (2026-13-45 99:30:00 GMT)", null],
    ["User initiated (2026-02-01 09:30:00 CET)", null],
  ] as const)("reads the time in %j", async ([reason, at], { expect }) => {
    const [[found] = []] = await collect(collector, fakeAws(inPages(page(reservation(bare("i-0a", reason))))));
    expect(found?.attributes.stateChangedAt).toBe(at);
  });

  it("asks once for each type in use, 100 at once", async ({ expect }) => {
    const many = Array.from({ length: 101 }, (_, at) => plain(`i-${at}`, `t9.${100 + at}xlarge`, "stopped")).join("");
    const more = plain("i-a", "t9.100xlarge", "stopped") + plain("i-b", "m5.large", "stopped");
    const pages = inPages(page(reservation(many), "1"), page(reservation(more)));
    const aws = account(pages, { DescribeInstanceTypes: types("m5.large") });
    const facts = (await collect(collector, aws)).flat().map(({ attributes }) => attributes.typeFacts);
    const asked = aws.calls.flatMap(({ input }) => (input["InstanceType"] as readonly string[] | undefined) ?? []);
    expect(asked).toHaveLength(102);
    expect(new Set(asked).size).toBe(102);
    expect(aws.calls.map(({ action }) => action)).toEqual([
      "DescribeInstances",
      "DescribeInstanceTypes",
      "DescribeInstanceTypes",
      "DescribeInstances",
      "DescribeInstanceTypes",
    ]);
    expect(facts.at(0)).toBeNull();
    expect(facts.at(-1)).toMatchObject({ currentGeneration: true });
  });

  it("leaves the facts of types unknown that could not be read", async ({ expect }) => {
    const aws = account(inPages(page(reservation(stopped))));
    const [[found] = []] = await collect(collector, aws);
    expect(found?.attributes).toHaveProperty("typeFacts", undefined);
    expect(aws.gaps).toEqual(["DescribeInstanceTypes"]);
  });

  it.for([
    ["runs Linux on demand", plain("i-0a", "t3.medium", "running"), 0.0416 * 730 * 1.11],
    ["is about to", plain("i-0a", "m5.xlarge", "pending"), 0.192 * 730 * 1.11],
    ["is stopped", plain("i-0a", "m5.xlarge", "stopped"), 0],
    ["is spot", plain("i-0a", "m5.xlarge", "running", "<instanceLifecycle>spot</instanceLifecycle>"), null],
    ["runs Windows", plain("i-0a", "m5.xlarge", "running", "<platformDetails>Windows</platformDetails>"), null],
    ["is dedicated", plain("i-0a", "m5.large", "running", "<placement><tenancy>dedicated</tenancy></placement>"), null],
    ["is of an unknown type", plain("i-0a", "q1.large", "running"), null],
  ] as const)("knows what one costs that %s", async ([, instance, usd], { expect }) => {
    const [[found] = []] = await collect(collector, account(inPages(page(reservation(instance)))));
    expect(found?.costMonthly).toEqual(usd && expect.closeTo(usd, 6));
  });

  const metrics = (...values: readonly (readonly number[])[]) =>
    JSON.stringify({ MetricDataResults: values.map((Values, at) => ({ Id: `q${at}`, Values })) });

  it("measures those that run on demand and by themselves", async ({ expect }) => {
    const grouped = "<tagSet><item><key>aws:autoscaling:groupName</key><value>web</value></item></tagSet>";
    const items = [
      plain("i-0a", "t3.micro", "running"),
      plain("i-0b", "m5.large", "running"),
      plain("i-0c", "m5.large", "stopped"),
      plain("i-0d", "m5.large", "running", "<instanceLifecycle>spot</instanceLifecycle>"),
      plain("i-0e", "m5.large", "running", grouped),
    ].join("");
    const figures = metrics([3, 9.5], [1000, 400], [200, 300], [0.5, 1], [2], [10], []);
    const aws = account(inPages(page(reservation(items))), { GetMetricData: figures });
    const [found = []] = await collect(collector, aws, new Date("2026-06-15T12:00:00Z"));
    expect(found.map(({ observed }) => observed)).toEqual([
      { cpuPeakPct: 9.5, networkInPeakBytes: 1000, networkOutPeakBytes: 300, surplusCreditsCharged: 1.5 },
      { cpuPeakPct: 2, networkInPeakBytes: 10, networkOutPeakBytes: null, surplusCreditsCharged: null },
      undefined,
      undefined,
      undefined,
    ]);
    const { StartTime, EndTime, MetricDataQueries } = aws.calls.at(-1)?.input ?? {};
    expect([StartTime, EndTime]).toEqual([Date.parse("2026-06-01") / 1000, Date.parse("2026-06-15") / 1000]);
    expect(MetricDataQueries).toHaveLength(7);
    expect(MetricDataQueries).toContainEqual({
      Id: "q0",
      MetricStat: {
        Metric: {
          Namespace: "AWS/EC2",
          MetricName: "CPUUtilization",
          Dimensions: [{ Name: "InstanceId", Value: "i-0a" }],
        },
        Period: 86_400,
        Stat: "Maximum",
      },
    });
  });

  it("leaves the load unknown that could not be read", async ({ expect }) => {
    const aws = account(inPages(page(reservation(plain("i-0a", "t3.micro", "running")))));
    const [[found] = []] = await collect(collector, aws);
    expect(found?.observed).toHaveProperty("cpuPeakPct", undefined);
    expect(aws.gaps).toEqual(["DescribeInstanceTypes", "GetMetricData"]);
  });

  it("yields nothing for an account without instances", async ({ expect }) => {
    const aws = fakeAws(inPages(page("")));
    expect(await collect(collector, aws)).toEqual([[]]);
    expect(aws.calls).toHaveLength(1);
  });

  it("refuses an answer without reservations and an instance without state", async ({ expect }) => {
    const noState = page(reservation("<item><instanceId>i-0a</instanceId></item>"));
    for (const body of [response("DescribeInstances", ""), noState]) {
      await expect(collect(collector, fakeAws(inPages(body)))).rejects.toThrow();
    }
  });
});
