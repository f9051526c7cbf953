import { describe, it } from "vitest";
import { collector } from "#collectors/ec2/network-interfaces";
import { collect, fakeAws, inPages } from "../../support/fake-aws.ts";
import { relation, response } from "./wire.ts";

const attached = `
  <item>
    <networkInterfaceId>eni-0f62d866</networkInterfaceId>
    <subnetId>subnet-c53c87ac</subnetId>
    <vpcId>vpc-cc3c87a5</vpcId>
    <availabilityZone>eu-west-1b</availabilityZone>
    <description>Primary network interface</description>
    <ownerId>111122223333</ownerId>
    <requesterManaged>false</requesterManaged>
    <status>in-use</status>
    <macAddress>02:81:60:cb:27:37</macAddress>
    <privateIpAddress>10.0.0.146</privateIpAddress>
    <sourceDestCheck>true</sourceDestCheck>
    <groupSet>
      <item><groupId>sg-3f4b5653</groupId><groupName>web</groupName></item>
      <item><groupId>sg-0a</groupId><groupName>ssh</groupName></item>
    </groupSet>
    <attachment>
      <attachmentId>eni-attach-6537fc0c</attachmentId>
      <instanceId>i-1234567890abcdef0</instanceId>
      <instanceOwnerId>111122223333</instanceOwnerId>
      <deviceIndex>0</deviceIndex>
      <status>attached</status>
      <attachTime>2026-02-01T01:35:56.000Z</attachTime>
      <deleteOnTermination>true</deleteOnTermination>
    </attachment>
    <association>
      <publicIp>203.0.113.20</publicIp>
      <publicDnsName>ec2-203-0-113-20.eu-west-1.compute.amazonaws.com</publicDnsName>
      <ipOwnerId>amazon</ipOwnerId>
    </association>
    <tagSet><item><key>Name</key><value>web-1</value></item></tagSet>
    <privateIpAddressesSet>
      <item>
        <privateIpAddress>10.0.0.146</privateIpAddress>
        <primary>true</primary>
        <association><publicIp>203.0.113.20</publicIp><ipOwnerId>amazon</ipOwnerId></association>
      </item>
      <item>
        <privateIpAddress>10.0.0.148</privateIpAddress>
        <primary>false</primary>
        <association><publicIp>203.0.113.10</publicIp><ipOwnerId>111122223333</ipOwnerId></association>
      </item>
      <item><privateIpAddress>10.0.0.150</privateIpAddress><primary>false</primary></item>
    </privateIpAddressesSet>
    <ipv6AddressesSet><item><ipv6Address>2001:db8::1</ipv6Address></item></ipv6AddressesSet>
    <interfaceType>interface</interfaceType>
  </item>`;
const free = `
  <item>
    <networkInterfaceId>eni-0b</networkInterfaceId>
    <description/>
    <status>available</status>
    <groupSet/>
    <tagSet/>
    <privateIpAddressesSet/>
    <interfaceType>interface</interfaceType>
  </item>`;

const page = (items: string, token = "") =>
  response(
    "DescribeNetworkInterfaces",
    `<networkInterfaceSet>${items}</networkInterfaceSet>${token && `<nextToken>${token}</nextToken>`}`,
  );

describe("ec2.networkInterfaces", () => {
  it("reads every fact, and each public address once", async ({ expect }) => {
    const aws = fakeAws(inPages(page(attached)));
    expect(await collect(collector, aws)).toEqual([
      [
        {
          nativeId: "arn:aws:ec2:eu-west-1:111122223333:network-interface/eni-0f62d866",
          arn: "arn:aws:ec2:eu-west-1:111122223333:network-interface/eni-0f62d866",
          name: "web-1",
          state: "in-use",
          tags: { Name: "web-1" },
          createdAt: null,
          // 203.0.113.20 is lent; 203.0.113.10 is an Elastic IP address.
          costMonthly: 3.65,
          relations: [
            relation("uses", "SecurityGroup", "111122223333:security-group/sg-0a"),
            relation("uses", "SecurityGroup", "111122223333:security-group/sg-3f4b5653"),
          ],
          attributes: {
            networkInterfaceId: "eni-0f62d866",
            interfaceType: "interface",
            description: "Primary network interface",
            vpcId: "vpc-cc3c87a5",
            subnetId: "subnet-c53c87ac",
            privateIp: "10.0.0.146",
            publicIps: ["203.0.113.10", "203.0.113.20"],
            ipv6Addresses: ["2001:db8::1"],
            securityGroupIds: ["sg-0a", "sg-3f4b5653"],
            requesterManaged: false,
            attachment: {
              instanceId: "i-1234567890abcdef0",
              instanceOwnerId: "111122223333",
              state: "attached",
              attachedAt: "2026-02-01T01:35:56.000Z",
            },
          },
        },
      ],
    ]);
  });

  it("reads one that is attached to nothing", async ({ expect }) => {
    const [[found] = []] = await collect(collector, fakeAws(inPages(page(free))));
    expect(found).toMatchObject({ state: "available", name: null, costMonthly: 0, relations: [] });
    expect(found?.attributes).toMatchObject({
      attachment: null,
      publicIps: [],
      ipv6Addresses: [],
      securityGroupIds: [],
      description: null,
    });
  });

  it("yields page by page, 1,000 at a time", async ({ expect }) => {
    const aws = fakeAws(inPages(page(attached + free, "1"), page(free)));
    expect((await collect(collector, aws)).map((one) => one.length)).toEqual([2, 1]);
    expect(aws.calls.map(({ input }) => input)).toEqual([{ MaxResults: 1000 }, { MaxResults: 1000, NextToken: "1" }]);
  });

  it("yields nothing for an account without any", async ({ expect }) => {
    expect(await collect(collector, fakeAws(inPages(page(""))))).toEqual([[]]);
  });
});
