import { describe, it } from "vitest";
import { collector } from "#collectors/ec2/instances";
import { collect, fakeAws, inPages } from "../../support/fake-aws.ts";
import { response } from "./wire.ts";

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
    <placement><availabilityZone>eu-west-1c</availabilityZone><groupName/><tenancy>default</tenancy></placement>
    <monitoring><state>disabled</state></monitoring>
    <subnetId>subnet-56f5f633</subnetId>
    <vpcId>vpc-11112222</vpcId>
    <privateIpAddress>192.168.1.88</privateIpAddress>
    <ipAddress>203.0.113.10</ipAddress>
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

describe("ec2.instances", () => {
  it("reads every fact", async ({ expect }) => {
    const aws = fakeAws(inPages(page(reservation(stopped))));
    expect(await collect(collector, aws)).toEqual([
      [
        {
          nativeId: "arn:aws:ec2:eu-west-1:111122223333:instance/i-1234567890abcdef0",
          arn: "arn:aws:ec2:eu-west-1:111122223333:instance/i-1234567890abcdef0",
          name: "Server_1",
          state: "stopped",
          tags: { Name: "Server_1" },
          createdAt: "2026-01-08T16:46:19.000Z",
          attributes: {
            instanceId: "i-1234567890abcdef0",
            instanceType: "t3.micro",
            imageId: "ami-bff32ccc",
            availabilityZone: "eu-west-1c",
            vpcId: "vpc-11112222",
            subnetId: "subnet-56f5f633",
            privateIp: "192.168.1.88",
            publicIp: "203.0.113.10",
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
          },
        },
      ],
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
    expect(found).toMatchObject({ state: "terminated", name: null, createdAt: null });
    expect(found?.attributes).toMatchObject({
      iamInstanceProfile: null,
      httpTokens: null,
      httpEndpoint: null,
      volumeIds: [],
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

  it("yields nothing for an account without instances", async ({ expect }) => {
    expect(await collect(collector, fakeAws(inPages(page(""))))).toEqual([[]]);
  });

  it("refuses an answer without reservations and an instance without state", async ({ expect }) => {
    const noState = page(reservation("<item><instanceId>i-0a</instanceId></item>"));
    for (const body of [response("DescribeInstances", ""), noState]) {
      await expect(collect(collector, fakeAws(inPages(body)))).rejects.toThrow();
    }
  });
});
