import { describe, it } from "vitest";
import { collector as routeTables } from "#collectors/ec2/route-tables";
import { collector } from "#collectors/ec2/subnets";
import { collect, fakeAws, inPages, type Answering } from "../../support/fake-aws.ts";
import { relation, response } from "./wire.ts";

const subnet = (id: string, more = "") => `
  <item>
    <subnetId>${id}</subnetId><vpcId>vpc-0a</vpcId><state>available</state>
    <defaultForAz>false</defaultForAz><mapPublicIpOnLaunch>true</mapPublicIpOnLaunch>${more}
  </item>`;

const full = subnet(
  "subnet-0a",
  `<subnetArn>arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-0a</subnetArn>
   <ownerId>111122223333</ownerId>
   <cidrBlock>10.0.1.0/24</cidrBlock>
   <availableIpAddressCount>251</availableIpAddressCount>
   <availabilityZone>eu-west-1a</availabilityZone>
   <assignIpv6AddressOnCreation>false</assignIpv6AddressOnCreation>
   <ipv6CidrBlockAssociationSet>
     <item><ipv6CidrBlock>2001:db8:1::/64</ipv6CidrBlock><ipv6CidrBlockState><state>associated</state></ipv6CidrBlockState></item>
   </ipv6CidrBlockAssociationSet>
   <blockPublicAccessStates><internetGatewayBlockMode>off</internetGatewayBlockMode></blockPublicAccessStates>
   <tagSet><item><key>Name</key><value>public-a</value></item></tagSet>`,
);

const page = (items: string, token = "") =>
  response("DescribeSubnets", `<subnetSet>${items}</subnetSet>${token && `<nextToken>${token}</nextToken>`}`);

const table = (id: string, vpcId: string, associations: string) => `
  <item>
    <routeTableId>${id}</routeTableId><vpcId>${vpcId}</vpcId><routeSet/>
    <associationSet>${associations}</associationSet>
  </item>`;
const main = "<item><routeTableAssociationId>rtbassoc-0a</routeTableAssociationId><main>true</main></item>";
const own = (id: string) => `<item><main>false</main><subnetId>${id}</subnetId></item>`;
const edge = "<item><main>false</main><gatewayId>igw-0a</gatewayId></item>";
const tables = (items: string, token = "") =>
  response(
    "DescribeRouteTables",
    `<routeTableSet>${items}</routeTableSet>${token && `<nextToken>${token}</nextToken>`}`,
  );

const account = (subnets: Answering, routing: Answering) =>
  fakeAws((call) => (call.action === "DescribeSubnets" ? subnets : routing)(call));

describe("ec2.subnets", () => {
  it("reads every fact; free addresses are only observed", async ({ expect }) => {
    const aws = account(inPages(page(full)), inPages(tables(table("rtb-0a", "vpc-0a", own("subnet-0a") + edge))));
    expect(await collect(collector, aws)).toEqual([
      [
        {
          nativeId: "arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-0a",
          arn: "arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-0a",
          name: "public-a",
          state: "available",
          tags: { Name: "public-a" },
          createdAt: null,
          costMonthly: 0,
          relations: [
            relation("in", "VPC", "111122223333:vpc/vpc-0a"),
            relation("routedBy", "RouteTable", "111122223333:route-table/rtb-0a"),
          ],
          attributes: {
            subnetId: "subnet-0a",
            ownerId: "111122223333",
            vpcId: "vpc-0a",
            availabilityZone: "eu-west-1a",
            cidr: "10.0.1.0/24",
            ipv6Cidrs: ["2001:db8:1::/64"],
            defaultForAz: false,
            mapPublicIpOnLaunch: true,
            assignIpv6AddressOnCreation: false,
            internetGatewayBlockMode: "off",
            routeTableId: "rtb-0a",
          },
          observed: { availableIpAddressCount: 251 },
        },
      ],
    ]);
    expect(aws.asked).toEqual(['DescribeSubnets {"MaxResults":1000}', 'DescribeRouteTables {"MaxResults":100}']);
  });

  it("takes the route table of its own, on whatever page, before the main one of its VPC", async ({ expect }) => {
    const routing = inPages(
      tables(table("rtb-main", "vpc-0a", main) + table("rtb-else", "vpc-0b", main), "1"),
      tables(table("rtb-own", "vpc-0a", own("subnet-0b"))),
    );
    const [found = []] = await collect(collector, account(inPages(page(full + subnet("subnet-0b"))), routing));
    expect(found.map(({ attributes }) => attributes.routeTableId)).toEqual(["rtb-main", "rtb-own"]);
  });

  it("reads one of which little is said", async ({ expect }) => {
    const aws = account(inPages(page(subnet("subnet-0b"))), inPages(tables("")));
    const [[found] = []] = await collect(collector, aws);
    expect(found).toMatchObject({
      nativeId: "arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-0b",
      name: null,
      relations: [relation("in", "VPC", "111122223333:vpc/vpc-0a")],
      observed: { availableIpAddressCount: null },
    });
    expect(found?.attributes).toMatchObject({
      ownerId: null,
      cidr: null,
      ipv6Cidrs: [],
      assignIpv6AddressOnCreation: null,
      internetGatewayBlockMode: null,
      routeTableId: null,
    });
  });

  it("asks for route tables once, with those who list them", async ({ expect }) => {
    const routing = inPages(tables(table("rtb-0a", "vpc-0a", main), "1"), tables(""));
    const aws = account(inPages(page(full, "1"), page(subnet("subnet-0b"))), routing);
    expect((await collect(collector, aws)).map((one) => one.length)).toEqual([1, 1]);
    expect((await collect(routeTables, aws)).map((one) => one.length)).toEqual([1, 0]);
    expect(aws.asked).toEqual([
      'DescribeSubnets {"MaxResults":1000}',
      'DescribeRouteTables {"MaxResults":100}',
      'DescribeRouteTables {"MaxResults":100,"NextToken":"1"}',
      'DescribeSubnets {"MaxResults":1000,"NextToken":"1"}',
    ]);
  });

  it("asks nothing more where there is no subnet", async ({ expect }) => {
    const aws = account(inPages(page("")), () => undefined);
    expect(await collect(collector, aws)).toEqual([[]]);
    expect(aws.calls).toHaveLength(1);
  });

  it("leaves the route table unknown when they may not be read", async ({ expect }) => {
    const aws = account(inPages(page(full)), () => undefined);
    const [[found] = []] = await collect(collector, aws);
    expect(found?.attributes).toHaveProperty("routeTableId", undefined);
    expect(found?.relations).toEqual([relation("in", "VPC", "111122223333:vpc/vpc-0a")]);
    expect(aws.gaps).toEqual(["DescribeRouteTables"]);
  });

  it("refuses one that does not say whether it gives out public addresses", async ({ expect }) => {
    const silent = subnet("subnet-0b").replace(/<mapPublicIpOnLaunch>.*<\/mapPublicIpOnLaunch>/, "");
    await expect(collect(collector, account(inPages(page(silent)), inPages(tables(""))))).rejects.toThrow();
  });
});
