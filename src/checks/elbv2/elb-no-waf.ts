import type { FoundBy } from "#collectors/registry";
import type { About, Check, Examples } from "#checks/check";
import { exampleGroup, exampleRule } from "#checks/ec2/examples";
import { oncePerList } from "#checks/once";
import { exampleBalancer } from "./examples.ts";
import { isPublic } from "./shared.ts";

export const check: Check<"elbv2.loadBalancers", object, "wafv2.webAcls" | "ec2.securityGroups"> = {
  id: "elb_no_waf",
  severity: "medium",
  category: "security",
  domain: "network_exposure",
  effort: "medium",
  confidence: 0.9,
  drift: true,
  resources: ["elbv2.loadBalancers"],
  reads: ["wafv2.webAcls", "ec2.securityGroups"],
  condense: {
    "elbv2.loadBalancers": ({ attributes: { type, scheme, securityGroupIds } }) => ({ type, scheme, securityGroupIds }),
    "wafv2.webAcls": ({ attributes: { loadBalancerArns } }) => ({ loadBalancerArns }),
    "ec2.securityGroups": ({ attributes: { groupId, ingress } }) => ({ groupId, ingress }),
  },
  decisive: [],
  params: {},
  judge({ name, nativeId, attributes: balancer }, context) {
    if (balancer.type !== "application" || !isPublic(balancer)) return null;
    const { arns, isWhole } = protectedBy(context.others("wafv2.webAcls"));
    if (arns.has(nativeId)) return { status: "pass" };
    const { securityGroupIds } = balancer;
    const groups = context
      .others("ec2.securityGroups")
      .filter(({ attributes }) => securityGroupIds.includes(attributes.groupId));
    if (isBehindPrefixList(groups, securityGroupIds)) return { status: "pass" };
    if (!isWhole) return { status: "unknown", reason: "wafv2:ListResourcesForWebACL could not be read" };
    return {
      status: "fail",
      exposure: "internet",
      summary: `No web ACL protects load balancer ${name ?? nativeId}.`,
      details: { scheme: balancer.scheme, webAclArn: null },
      evidence: [
        { call: "wafv2:ListResourcesForWebACL", field: "ResourceArns[]", value: null },
        { call: "elbv2:DescribeLoadBalancers", field: "LoadBalancers[].Scheme", value: balancer.scheme },
      ],
    };
  },
};

const protectedBy = oncePerList((acls: readonly FoundBy<"wafv2.webAcls">[]) => ({
  arns: new Set(acls.flatMap(({ attributes }) => attributes.loadBalancerArns ?? [])),
  /** All of them said what they protect. */
  isWhole: acls.every(({ attributes }) => attributes.loadBalancerArns !== undefined),
}));

/** From outside only a prefix list is let in, as that of CloudFront, before which a web ACL of its own may stand. */
function isBehindPrefixList(groups: readonly FoundBy<"ec2.securityGroups">[], ids: readonly string[]): boolean {
  const rules = groups.flatMap(({ attributes }) => attributes.ingress);
  return (
    groups.length === ids.length &&
    rules.some(({ prefixLists }) => prefixLists.length > 0) &&
    rules.every(({ cidrs, ipv6Cidrs }) => cidrs.length === 0 && ipv6Cidrs.length === 0)
  );
}

export const about: About = {
  title: "No web ACL stands before a load balancer on the internet",
  rationale:
    "Scanners and bots try the common attacks on every public site all day long, and here all of them arrive at the application.",
  remediation:
    "Put a web ACL before it: AWS's managed rules against common attacks, and a limit on requests per address. Let it count for a week before it blocks.",
  controls: { aws_fsbp: ["ELB.16"], nist_800_53_r5: ["ac_4_21"], "pci_dss_4.0": ["6.4.1", "6.4.2"] },
};

export const examples = (): Examples<"elbv2.loadBalancers"> => {
  const found = exampleBalancer();
  const acl = (loadBalancerArns: readonly string[] | undefined): FoundBy<"wafv2.webAcls"> => {
    const arn = "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/web/0a1";
    const attributes = { webAclId: "0a1", description: null, loadBalancerArns };
    return { nativeId: arn, arn, name: "web", state: null, tags: {}, createdAt: null, attributes };
  };
  const open = exampleGroup([exampleRule()]);
  const listed = { cidrs: [], prefixLists: ["pl-0a"] };
  const behind = (...rules: readonly Parameters<typeof exampleRule>[0][]) => ({
    "ec2.securityGroups": [exampleGroup(rules.map((rule) => exampleRule(rule)))],
  });
  return {
    pass: [
      { name: "protected", found, others: { "wafv2.webAcls": [acl(undefined), acl([found.nativeId])] } },
      { name: "only CloudFront is let in", found, others: behind(listed, { cidrs: [], groups: ["sg-0b"] }) },
    ],
    fail: [
      {
        name: "another one is protected",
        found,
        others: { "wafv2.webAcls": [acl(["arn:other"])], "ec2.securityGroups": [open] },
        expect: { severity: "medium", exposure: "internet" },
      },
      { name: "CloudFront and an office are let in", found, others: behind(listed, { cidrs: ["203.0.113.0/24"] }) },
      { name: "nothing is let in", found, others: behind() },
      {
        name: "one of its groups was not seen",
        found: exampleBalancer({ securityGroupIds: ["sg-0a", "sg-0b"] }),
        others: behind(listed),
      },
    ],
    unknown: [
      { name: "a web ACL does not say", found, others: { "wafv2.webAcls": [acl(undefined), acl(["arn:other"])] } },
    ],
    notApplicable: [
      { name: "internal", found: exampleBalancer({ scheme: "internal" }) },
      { name: "a network load balancer", found: exampleBalancer({ type: "network" }) },
    ],
  };
};
