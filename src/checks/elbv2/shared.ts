import type { Exposure } from "#checks/check";
import type { FoundBy } from "#collectors/registry";

type Balancer = Pick<FoundBy<"elbv2.loadBalancers">["attributes"], "type" | "scheme">;

export const isPublic = ({ scheme }: Pick<Balancer, "scheme">): boolean => scheme === "internet-facing";
export const exposureOf = (balancer: Balancer): Exposure => (isPublic(balancer) ? "internet" : "internal");

/** Those of a load balancer could not be read. */
export const unreadListeners = {
  status: "unknown",
  reason: "elbv2:DescribeListeners could not be read",
} as const;
export const unreadSettings = {
  status: "unknown",
  reason: "elbv2:DescribeLoadBalancerAttributes could not be read",
} as const;

/** A setting of a load balancer, named as AWS does. */
export const settingEvidence = (key: string, value: unknown) => ({
  call: "elbv2:DescribeLoadBalancerAttributes",
  field: `Attributes[${key}]`,
  value,
});
