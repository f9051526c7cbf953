import { describe, it } from "vitest";
import { collector } from "#collectors/ec2/network-acls";
import { collect, fakeAws, inPages } from "../../support/fake-aws.ts";
import { response } from "./wire.ts";

const entry = (ruleNumber: number, egress: boolean, action: string, more: string) => `
  <item>
    <ruleNumber>${ruleNumber}</ruleNumber><egress>${egress}</egress><ruleAction>${action}</ruleAction>${more}
  </item>`;
const all = "<protocol>-1</protocol>";
const anywhere = "<cidrBlock>0.0.0.0/0</cidrBlock>";
const ssh = "<protocol>6</protocol><portRange><from>22</from><to>23</to></portRange>";

const entries = [
  entry(32_767, false, "deny", `${all}<ipv6CidrBlock>::/0</ipv6CidrBlock>`),
  entry(100, true, "allow", all + anywhere),
  entry(32_767, false, "deny", all + anywhere),
  entry(200, false, "allow", all + anywhere),
  entry(90, false, "deny", ssh + anywhere),
];

const acl = (rules: readonly string[], more = "") => `
  <item>
    <networkAclId>acl-0a</networkAclId><vpcId>vpc-0a</vpcId><default>true</default>
    <entrySet>${rules.join("")}</entrySet>${more}
  </item>`;
const full = acl(
  entries,
  `<ownerId>111122223333</ownerId>
   <associationSet>
     <item><networkAclAssociationId>aclassoc-0a</networkAclAssociationId><networkAclId>acl-0a</networkAclId><subnetId>subnet-0b</subnetId></item>
     <item><networkAclAssociationId>aclassoc-0b</networkAclAssociationId><networkAclId>acl-0a</networkAclId><subnetId>subnet-0a</subnetId></item>
   </associationSet>
   <tagSet><item><key>Name</key><value>edge</value></item></tagSet>`,
);

const page = (items: string, token = "") =>
  response(
    "DescribeNetworkAcls",
    `<networkAclSet>${items}</networkAclSet>${token && `<nextToken>${token}</nextToken>`}`,
  );

const open = { protocol: "-1", cidr: "0.0.0.0/0", fromPort: null, toPort: null };

describe("ec2.networkAcls", () => {
  it("reads every fact, entries in the order in which they decide", async ({ expect }) => {
    expect(await collect(collector, fakeAws(inPages(page(full))))).toEqual([
      [
        {
          nativeId: "arn:aws:ec2:eu-west-1:111122223333:network-acl/acl-0a",
          arn: "arn:aws:ec2:eu-west-1:111122223333:network-acl/acl-0a",
          name: "edge",
          state: null,
          tags: { Name: "edge" },
          createdAt: null,
          costMonthly: 0,
          attributes: {
            networkAclId: "acl-0a",
            vpcId: "vpc-0a",
            isDefault: true,
            subnetIds: ["subnet-0a", "subnet-0b"],
            entries: [
              { ...open, ruleNumber: 90, egress: false, action: "deny", protocol: "6", fromPort: 22, toPort: 23 },
              { ...open, ruleNumber: 200, egress: false, action: "allow" },
              { ...open, ruleNumber: 32_767, egress: false, action: "deny" },
              { ...open, ruleNumber: 32_767, egress: false, action: "deny", cidr: "::/0" },
              { ...open, ruleNumber: 100, egress: true, action: "allow" },
            ],
          },
        },
      ],
    ]);
  });

  it("reads the same whatever order AWS answers in", async ({ expect }) => {
    const one = await collect(collector, fakeAws(inPages(page(acl(entries)))));
    const other = await collect(collector, fakeAws(inPages(page(acl(entries.toReversed())))));
    expect(other).toEqual(one);
  });

  it("reads one without entries and subnets, page by page, 1,000 at a time", async ({ expect }) => {
    const aws = fakeAws(inPages(page(full, "1"), page(acl([], "<associationSet/><tagSet/>"))));
    const [, [found] = []] = await collect(collector, aws);
    expect(found).toMatchObject({ name: null, attributes: { subnetIds: [], entries: [] } });
    expect(aws.calls.map(({ input }) => input)).toEqual([{ MaxResults: 1000 }, { MaxResults: 1000, NextToken: "1" }]);
  });

  it("yields nothing for an account without any, in one call", async ({ expect }) => {
    const aws = fakeAws(inPages(page("")));
    expect(await collect(collector, aws)).toEqual([[]]);
    expect(aws.calls).toHaveLength(1);
  });

  it("refuses an entry that does not say which way it is", async ({ expect }) => {
    const body = page(acl(["<item><ruleNumber>1</ruleNumber><ruleAction>allow</ruleAction></item>"]));
    await expect(collect(collector, fakeAws(inPages(body)))).rejects.toThrow("egress");
  });
});
