import { describe, it } from "vitest";
import { collector } from "#collectors/ec2/route-tables";
import { collect, fakeAws, inPages } from "../../support/fake-aws.ts";
import { relation, response } from "./wire.ts";

const route = (destination: string, target: string, origin = "CreateRoute", state = "active") =>
  `<item>${destination}${target}<state>${state}</state><origin>${origin}</origin></item>`;
const v4 = (range: string) => `<destinationCidrBlock>${range}</destinationCidrBlock>`;
const v6 = (range: string) => `<destinationIpv6CidrBlock>${range}</destinationIpv6CidrBlock>`;
const gateway = (id: string) => `<gatewayId>${id}</gatewayId>`;

const full = `
  <item>
    <routeTableId>rtb-0a</routeTableId>
    <vpcId>vpc-0a</vpcId>
    <ownerId>111122223333</ownerId>
    <routeSet>
      ${route(v4("10.0.0.0/16"), gateway("local"), "CreateRouteTable")}
      ${route(v4("0.0.0.0/0"), gateway("igw-0a"))}
      ${route(v6("::/0"), gateway("igw-0a"))}
      ${route(v6("64:ff9b::/96"), "<natGatewayId>nat-0a</natGatewayId>", "CreateRoute", "blackhole")}
      ${route("<destinationPrefixListId>pl-0a</destinationPrefixListId>", gateway("vpce-0a"))}
      ${route(
        v4("10.9.0.0/16"),
        "<instanceId>i-0a</instanceId><instanceOwnerId>111122223333</instanceOwnerId><networkInterfaceId>eni-0a</networkInterfaceId>",
      )}
      ${route(v4("172.16.0.0/12"), gateway("vgw-0a"), "EnableVgwRoutePropagation")}
    </routeSet>
    <associationSet>
      <item><routeTableAssociationId>rtbassoc-0a</routeTableAssociationId><main>true</main></item>
      <item><main>false</main><subnetId>subnet-0b</subnetId></item>
      <item><main>false</main><subnetId>subnet-0a</subnetId></item>
      <item><main>false</main><gatewayId>igw-0b</gatewayId></item>
    </associationSet>
    <propagatingVgwSet><item><gatewayId>vgw-0a</gatewayId></item></propagatingVgwSet>
    <tagSet><item><key>Name</key><value>public</value></item></tagSet>
  </item>`;
const bare =
  "<item><routeTableId>rtb-0b</routeTableId><vpcId>vpc-0a</vpcId><routeSet/><associationSet/><propagatingVgwSet/></item>";

const page = (items: string, token = "") =>
  response(
    "DescribeRouteTables",
    `<routeTableSet>${items}</routeTableSet>${token && `<nextToken>${token}</nextToken>`}`,
  );

describe("ec2.routeTables", () => {
  it("reads every fact, without routes that come and go by themselves", async ({ expect }) => {
    expect(await collect(collector, fakeAws(inPages(page(full))))).toEqual([
      [
        {
          nativeId: "arn:aws:ec2:eu-west-1:111122223333:route-table/rtb-0a",
          arn: "arn:aws:ec2:eu-west-1:111122223333:route-table/rtb-0a",
          name: "public",
          state: null,
          tags: { Name: "public" },
          createdAt: null,
          costMonthly: 0,
          relations: [
            relation("uses", "InternetGateway", "111122223333:internet-gateway/igw-0a"),
            relation("uses", "NatGateway", "111122223333:natgateway/nat-0a"),
          ],
          attributes: {
            routeTableId: "rtb-0a",
            vpcId: "vpc-0a",
            main: true,
            subnetIds: ["subnet-0a", "subnet-0b"],
            gatewayIds: ["igw-0b"],
            routes: [
              { destination: "0.0.0.0/0", target: "igw-0a", state: "active" },
              { destination: "10.0.0.0/16", target: "local", state: "active" },
              { destination: "10.9.0.0/16", target: "eni-0a", state: "active" },
              { destination: "64:ff9b::/96", target: "nat-0a", state: "blackhole" },
              { destination: "::/0", target: "igw-0a", state: "active" },
              { destination: "pl-0a", target: "vpce-0a", state: "active" },
            ],
            propagatingGatewayIds: ["vgw-0a"],
          },
        },
      ],
    ]);
  });

  it("reads one without routes and subnets, page by page, 100 at a time", async ({ expect }) => {
    const aws = fakeAws(inPages(page(full, "1"), page(bare)));
    const [, [found] = []] = await collect(collector, aws);
    expect(found).toMatchObject({ name: null, relations: [] });
    expect(found?.attributes).toMatchObject({ main: false, subnetIds: [], gatewayIds: [], routes: [] });
    expect(aws.calls.map(({ input }) => input)).toEqual([{ MaxResults: 100 }, { MaxResults: 100, NextToken: "1" }]);
  });

  it("yields nothing for an account without any, in one call", async ({ expect }) => {
    const aws = fakeAws(inPages(page("")));
    expect(await collect(collector, aws)).toEqual([[]]);
    expect(aws.calls).toHaveLength(1);
  });

  it.for([
    ["is denied", () => undefined, "AccessDenied"],
    ["repeats a page", inPages(page("", "1"), page("", "1")), "repeats a page"],
    ["is none", inPages(response("DescribeRouteTables", "")), "routeTableSet"],
  ] as const)("fails when the list %s", async ([, answer, message], { expect }) => {
    await expect(collect(collector, fakeAws(answer))).rejects.toThrow(message);
  });
});
