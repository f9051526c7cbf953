import { describe, it } from "vitest";
import { collector } from "#collectors/ec2/security-groups";
import { collect, fakeAws, inPages } from "../../support/fake-aws.ts";
import { relation, response } from "./wire.ts";

const https = `
  <item>
    <ipProtocol>tcp</ipProtocol>
    <fromPort>443</fromPort>
    <toPort>443</toPort>
    <groups>
      <item><userId>111122223333</userId><groupId>sg-0b</groupId></item>
      <item><userId>444455556666</userId><groupId>sg-0a</groupId><vpcPeeringConnectionId>pcx-0a</vpcPeeringConnectionId></item>
    </groups>
    <ipRanges>
      <item><cidrIp>198.51.100.0/24</cidrIp><description>office</description></item>
      <item><cidrIp>0.0.0.0/0</cidrIp></item>
    </ipRanges>
    <ipv6Ranges><item><cidrIpv6>::/0</cidrIpv6></item></ipv6Ranges>
    <prefixListIds><item><prefixListId>pl-0a</prefixListId></item></prefixListIds>
  </item>`;
const ping = `
  <item>
    <ipProtocol>icmp</ipProtocol><fromPort>-1</fromPort><toPort>-1</toPort>
    <groups/><ipRanges><item><cidrIp>10.0.0.0/8</cidrIp></item></ipRanges><ipv6Ranges/><prefixListIds/>
  </item>`;
const everything = `
  <item>
    <ipProtocol>-1</ipProtocol>
    <groups/><ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges><ipv6Ranges/><prefixListIds/>
  </item>`;

const group = (ingress: string, egress: string) => `
  <item>
    <ownerId>111122223333</ownerId>
    <groupId>sg-1a2b3c4d</groupId>
    <groupName>web</groupName>
    <groupDescription>Web servers</groupDescription>
    <vpcId>vpc-614cc409</vpcId>
    <ipPermissions>${ingress}</ipPermissions>
    <ipPermissionsEgress>${egress}</ipPermissionsEgress>
    <tagSet><item><key>team</key><value>shop</value></item></tagSet>
  </item>`;

const page = (items: string, token = "") =>
  response(
    "DescribeSecurityGroups",
    `<securityGroupInfo>${items}</securityGroupInfo>${token && `<nextToken>${token}</nextToken>`}`,
  );

const none = { cidrs: [], ipv6Cidrs: [], groups: [], prefixLists: [] };

describe("ec2.securityGroups", () => {
  it("reads every rule", async ({ expect }) => {
    const aws = fakeAws(inPages(page(group(https + ping, everything))));
    expect(await collect(collector, aws)).toEqual([
      [
        {
          nativeId: "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1a2b3c4d",
          arn: "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1a2b3c4d",
          name: "web",
          state: null,
          tags: { team: "shop" },
          createdAt: null,
          costMonthly: 0,
          relations: [
            relation("references", "SecurityGroup", "111122223333:security-group/sg-0b"),
            relation("references", "SecurityGroup", "444455556666:security-group/sg-0a"),
          ],
          attributes: {
            groupId: "sg-1a2b3c4d",
            groupName: "web",
            description: "Web servers",
            vpcId: "vpc-614cc409",
            ingress: [
              { ...none, protocol: "icmp", fromPort: -1, toPort: -1, cidrs: ["10.0.0.0/8"] },
              {
                protocol: "tcp",
                fromPort: 443,
                toPort: 443,
                cidrs: ["0.0.0.0/0", "198.51.100.0/24"],
                ipv6Cidrs: ["::/0"],
                groups: ["sg-0a", "sg-0b"],
                prefixLists: ["pl-0a"],
              },
            ],
            egress: [{ ...none, protocol: "-1", fromPort: null, toPort: null, cidrs: ["0.0.0.0/0"] }],
          },
        },
      ],
    ]);
  });

  it("reads the same whatever order AWS answers in", async ({ expect }) => {
    const one = await collect(collector, fakeAws(inPages(page(group(https + ping + everything, "")))));
    const other = await collect(collector, fakeAws(inPages(page(group(everything + ping + https, "")))));
    expect(other).toEqual(one);
  });

  it("does not refer to itself", async ({ expect }) => {
    const itself = https.replace("sg-0b", "sg-1a2b3c4d");
    const [[found] = []] = await collect(collector, fakeAws(inPages(page(group(itself, itself)))));
    expect(found?.relations).toEqual([relation("references", "SecurityGroup", "444455556666:security-group/sg-0a")]);
  });

  it("reads a group without rules", async ({ expect }) => {
    const [[found] = []] = await collect(collector, fakeAws(inPages(page(group("", "")))));
    expect(found?.attributes).toMatchObject({ ingress: [], egress: [] });
  });

  it("yields page by page, 1,000 at a time", async ({ expect }) => {
    const aws = fakeAws(inPages(page(group("", ""), "1"), page("")));
    expect((await collect(collector, aws)).map((one) => one.length)).toEqual([1, 0]);
    expect(aws.calls.map(({ input }) => input)).toEqual([{ MaxResults: 1000 }, { MaxResults: 1000, NextToken: "1" }]);
  });

  it("refuses a port that is no number", async ({ expect }) => {
    const body = page(group(https.replace("<fromPort>443<", "<fromPort>https<"), ""));
    await expect(collect(collector, fakeAws(inPages(body)))).rejects.toThrow("fromPort");
  });
});
