import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { CollectContext, Collector, Found } from "#collectors/collector";
import { list, text } from "#collectors/json";
import { oneByOne } from "#collectors/read";
import { related } from "#collectors/relations";
import { tagActions, taggedAs } from "#collectors/tags";

/** A web ACL of a region; those of CloudFront stand in their distributions. */
export interface WebAcl {
  readonly webAclId: string;
  readonly description: string | null;
  /** The application load balancers it protects. */
  readonly loadBalancerArns: readonly string[] | undefined;
}

const listWebAcls: Operation = {
  service: "wafv2",
  action: "ListWebACLs",
  paging: { token: "NextMarker", next: "NextMarker", limit: ["Limit", 100] },
};
const listResourcesForWebAcl: Operation = { service: "wafv2", action: "ListResourcesForWebACL" };

const ListedWebAcl = z.object({ Name: text, Id: z.string(), Description: text, ARN: z.string() });
type ListedWebAcl = z.infer<typeof ListedWebAcl>;
const Page = z.object({ WebACLs: list(ListedWebAcl) });
const Protected = z.object({ ResourceArns: list(z.string()) }).transform((answer) => answer.ResourceArns.toSorted());

/**
 * Source: WAF API 2019-07-29, ListWebACLs of scope REGIONAL (100 per page) and ListResourcesForWebACL for each, which tells
 * one type of resource at a time.
 */
export const collector: Collector<WebAcl, object, ListedWebAcl> = {
  id: "wafv2.webAcls",
  service: "wafv2",
  resourceType: "AWS::WAFv2::WebACL",
  scope: "regional",
  actions: ["wafv2:ListResourcesForWebACL", "wafv2:ListWebACLs", ...tagActions],
  async *list(context) {
    for await (const page of context.aws.walk(listWebAcls, { Scope: "REGIONAL" })) {
      yield Page.parse(page).WebACLs;
    }
  },
  describe: oneByOne(found),
};

/** null: it is gone since it was listed. */
async function found({ aws }: CollectContext, acl: ListedWebAcl): Promise<Found<WebAcl> | null> {
  const input = { WebACLArn: acl.ARN, ResourceType: "APPLICATION_LOAD_BALANCER" };
  const answer = await aws.attempt(listResourcesForWebAcl, input, ["WAFNonexistentItemException"]);
  if (answer === null) return null;
  const loadBalancerArns = Protected.safeParse(answer).data;
  return {
    nativeId: acl.ARN,
    arn: acl.ARN,
    name: acl.Name,
    state: null,
    ...taggedAs(acl.ARN),
    createdAt: null,
    relations: related("protects", "AWS::ElasticLoadBalancingV2::LoadBalancer", loadBalancerArns),
    attributes: { webAclId: acl.Id, description: acl.Description, loadBalancerArns },
  };
}
