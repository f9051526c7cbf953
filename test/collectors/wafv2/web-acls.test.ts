import { describe, it } from "vitest";
import { AwsFault } from "#aws/fault";
import { collector } from "#collectors/wafv2/web-acls";
import { allOf, collect, fakeAws, type Answers } from "../../support/fake-aws.ts";

const arnOf = (name: string): string => `arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/${name}/a1b2c3d4`;
const balancer = (name: string): string =>
  `arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/${name}/1`;
const acl = (Name: string, Description = "") => ({
  Name,
  Id: "a1b2c3d4",
  Description,
  LockToken: "5c5f",
  ARN: arnOf(Name),
});
const list = (names: readonly string[], NextMarker?: string): string =>
  JSON.stringify({ WebACLs: names.map((name) => acl(name)), NextMarker });

const answers: Answers = {
  ListWebACLs: JSON.stringify({ WebACLs: [acl("shop", "Of the shop")] }),
  ListResourcesForWebACL: JSON.stringify({ ResourceArns: [balancer("b"), balancer("a")] }),
  GetResources: JSON.stringify({
    ResourceTagMappingList: [{ ResourceARN: arnOf("shop"), Tags: [{ Key: "env", Value: "prod" }] }],
  }),
};

describe("wafv2.webAcls", () => {
  it("reads a web ACL", async ({ expect }) => {
    const aws = fakeAws(answers);
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: arnOf("shop"),
        arn: arnOf("shop"),
        name: "shop",
        state: null,
        tags: { env: "prod" },
        tagsUnread: false,
        createdAt: null,
        relations: ["a", "b"].map((name) => ({
          kind: "protects",
          resourceType: "AWS::ElasticLoadBalancingV2::LoadBalancer",
          target: balancer(name),
        })),
        attributes: {
          webAclId: "a1b2c3d4",
          description: "Of the shop",
          loadBalancerArns: [balancer("a"), balancer("b")],
        },
      },
    ]);
    expect(aws.asked).toEqual([
      'ListWebACLs {"Scope":"REGIONAL","Limit":100}',
      `ListResourcesForWebACL {"WebACLArn":"${arnOf("shop")}","ResourceType":"APPLICATION_LOAD_BALANCER"}`,
      `GetResources {"ResourceARNList":["${arnOf("shop")}"]}`,
    ]);
  });

  it("knows one that protects nothing", async ({ expect }) => {
    const aws = fakeAws({ ...answers, ListWebACLs: list(["idle"]), ListResourcesForWebACL: '{"ResourceArns":[]}' });
    expect((await allOf(collector, aws))[0]).toMatchObject({
      tags: {},
      relations: [],
      attributes: { description: null, loadBalancerArns: [] },
    });
  });

  it("goes through all pages", async ({ expect }) => {
    const aws = fakeAws({
      ...answers,
      ListWebACLs: ({ NextMarker }) => (NextMarker === "b" ? list(["c"]) : list(["a", "b"], "b")),
    });
    const pages = await collect(collector, aws);
    expect(pages.map((page) => page.map(({ name }) => name))).toEqual([["a", "b"], ["c"]]);
  });

  it("keeps apart what could not be read", async ({ expect }) => {
    const aws = fakeAws({ ListWebACLs: list(["shop"]) });
    const [found] = await allOf(collector, aws);
    expect(found).toMatchObject({ tags: {}, tagsUnread: true, attributes: { loadBalancerArns: undefined } });
    expect(aws.gaps).toEqual(["ListResourcesForWebACL", "GetResources"]);
  });

  it("leaves out one that is gone since it was listed", async ({ expect }) => {
    const body = '{"__type":"WAFNonexistentItemException","Message":"AWS WAF couldn’t perform the operation"}';
    const aws = fakeAws({ ...answers, ListResourcesForWebACL: { status: 400, body } });
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.gaps).toEqual([]);
  });

  it("makes one call for a region without web ACLs", async ({ expect }) => {
    const aws = fakeAws({ ListWebACLs: '{"WebACLs":[]}' });
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.asked).toEqual(['ListWebACLs {"Scope":"REGIONAL","Limit":100}']);
  });

  it("fails as a whole when the list is denied", async ({ expect }) => {
    await expect(allOf(collector, fakeAws({}))).rejects.toBeInstanceOf(AwsFault);
  });
});
