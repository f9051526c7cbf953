import type { Listener } from "#collectors/elbv2/load-balancers";
import type { FoundBy } from "#collectors/registry";

const arnOf = (path: string): string => `arn:aws:elasticloadbalancing:eu-west-1:111122223333:${path}`;

/** A listener for HTTPS with a good policy, but for what is given. */
export const exampleListener = (listener: Partial<Listener> = {}): Listener => ({
  arn: arnOf("listener/app/shop/0a1/1"),
  port: 443,
  protocol: "HTTPS",
  sslPolicy: "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
  certificateArns: [],
  defaultActions: [{ type: "forward", redirectProtocol: null }],
  ...listener,
});

/** An application load balancer on the internet, in two zones, with all the good settings, but for what is given. */
export const exampleBalancer = (
  attributes: Partial<FoundBy<"elbv2.loadBalancers">["attributes"]> = {},
  more: Partial<Pick<FoundBy<"elbv2.loadBalancers">, "tags" | "tagsUnread" | "createdAt" | "observed">> = {},
): FoundBy<"elbv2.loadBalancers"> => ({
  nativeId: arnOf("loadbalancer/app/shop/0a1"),
  arn: arnOf("loadbalancer/app/shop/0a1"),
  name: "shop",
  state: "active",
  tags: {},
  createdAt: "2026-01-01T00:00:00.000Z",
  attributes: {
    type: "application",
    scheme: "internet-facing",
    ipAddressType: "ipv4",
    dnsName: "shop-1234567890.eu-west-1.elb.amazonaws.com",
    vpcId: "vpc-0a1",
    availabilityZones: ["eu-west-1a", "eu-west-1b"],
    subnetIds: ["subnet-0a1", "subnet-0b2"],
    securityGroupIds: ["sg-0a"],
    targetGroupArns: [arnOf("targetgroup/shop/0a1")],
    listeners: [exampleListener()],
    accessLogsEnabled: true,
    accessLogsBucket: "acme-logs",
    deletionProtection: true,
    dropInvalidHeaders: true,
    desyncMitigationMode: "defensive",
    ...attributes,
  },
  ...more,
});

/** A target group behind that load balancer, with these targets. */
export const exampleTargetGroup = (
  targetsByState: Readonly<Record<string, number>> | undefined,
  attributes: Partial<FoundBy<"elbv2.targetGroups">["attributes"]> = {},
): FoundBy<"elbv2.targetGroups"> => ({
  nativeId: arnOf("targetgroup/shop/0a1"),
  arn: arnOf("targetgroup/shop/0a1"),
  name: "shop",
  state: null,
  tags: {},
  createdAt: null,
  attributes: {
    targetType: "instance",
    protocol: "HTTP",
    protocolVersion: "HTTP1",
    port: 80,
    vpcId: "vpc-0a1",
    healthCheckEnabled: true,
    healthCheckProtocol: "HTTP",
    healthCheckPath: "/",
    loadBalancerArns: [arnOf("loadbalancer/app/shop/0a1")],
    targetIds: [],
    ...attributes,
  },
  observed: { targetsByState },
});

/** A load balancer of the first generation on the internet, in two zones, with one instance. */
export const exampleClassic = (
  attributes: Partial<FoundBy<"elb.loadBalancers">["attributes"]> = {},
  observed: Partial<FoundBy<"elb.loadBalancers">["observed"]> = {},
): FoundBy<"elb.loadBalancers"> => ({
  nativeId: arnOf("loadbalancer/old"),
  arn: arnOf("loadbalancer/old"),
  name: "old",
  state: null,
  tags: {},
  createdAt: "2026-01-01T00:00:00.000Z",
  attributes: {
    scheme: "internet-facing",
    dnsName: "old-1234567890.eu-west-1.elb.amazonaws.com",
    vpcId: "vpc-0a1",
    availabilityZones: ["eu-west-1a", "eu-west-1b"],
    subnetIds: ["subnet-0a1", "subnet-0b2"],
    securityGroupIds: ["sg-0a"],
    instanceIds: ["i-0a"],
    listeners: [],
    ...attributes,
  },
  observed: { instancesByState: { InService: 1 }, busiestDayRequests: 5000, ...observed },
});
