import { z } from "zod";
import type { Operation } from "#aws/caller";
import type { CollectContext, Collector, Found, Place, Relation } from "#collectors/collector";
import { balancerRelations, trafficQuery, withTraffic, type Traffic } from "#collectors/load-balancing";
import { metricActions } from "#collectors/metrics";
import { by, ordered } from "#collectors/order";
import { oneByOne } from "#collectors/read";
import { related, relatedBucket } from "#collectors/relations";
import { tagActions, taggedAs } from "#collectors/tags";
import { instant, listOf, number, part, text, wholeListOf } from "#collectors/xml";
import { loadBalancerMonthlyUsd } from "#prices/elb";
import { inRegion } from "#prices/regions";
import { targetGroupsByBalancer } from "./shapes.ts";

export interface Listener {
  readonly arn: string;
  /** null: a gateway's listens on all. */
  readonly port: number | null;
  readonly protocol: string | null;
  /** Only HTTPS and TLS have one. */
  readonly sslPolicy: string | null;
  /** The default certificate; those for further names are not listed. */
  readonly certificateArns: readonly string[];
  readonly defaultActions: readonly {
    /** `forward`, `redirect`, `fixed-response`, … */
    readonly type: string;
    /** `HTTPS`, or `#{protocol}` for that of the request. */
    readonly redirectProtocol: string | null;
  }[];
}

/** An application, network or gateway load balancer. */
export interface LoadBalancer {
  readonly type: string | null;
  /** `internet-facing` or `internal`; a gateway has none. */
  readonly scheme: string | null;
  readonly ipAddressType: string | null;
  readonly dnsName: string | null;
  readonly vpcId: string | null;
  readonly availabilityZones: readonly string[];
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly targetGroupArns: readonly string[] | undefined;
  readonly listeners: readonly Listener[] | undefined;
  /** null here and below: not set, or a type without the setting. */
  readonly accessLogsEnabled: boolean | null | undefined;
  readonly accessLogsBucket: string | null | undefined;
  readonly deletionProtection: boolean | null | undefined;
  readonly dropInvalidHeaders: boolean | null | undefined;
  /** `monitor`, `defensive` or `strictest`. */
  readonly desyncMitigationMode: string | null | undefined;
}

const describeLoadBalancers: Operation = {
  service: "elbv2",
  action: "DescribeLoadBalancers",
  paging: { token: "Marker", next: "NextMarker", limit: ["PageSize", 400] },
};
const describeListeners: Operation = { service: "elbv2", action: "DescribeListeners" };
const describeLoadBalancerAttributes: Operation = { service: "elbv2", action: "DescribeLoadBalancerAttributes" };

const ListedLoadBalancer = z.object({
  LoadBalancerArn: z.string(),
  LoadBalancerName: text,
  DNSName: text.transform((name) => name?.toLowerCase() ?? null),
  CreatedTime: instant,
  Scheme: text,
  VpcId: text,
  State: part({ Code: text }),
  Type: text,
  IpAddressType: text,
  AvailabilityZones: listOf(
    "member",
    z.object({
      ZoneName: text,
      SubnetId: text,
      LoadBalancerAddresses: listOf("member", z.object({ AllocationId: text })),
    }),
  ),
  SecurityGroups: listOf("member", z.string()),
});
type ListedLoadBalancer = z.infer<typeof ListedLoadBalancer>;

const Page = z.object({ LoadBalancers: wholeListOf("member", ListedLoadBalancer) });

const ListedListener = z
  .object({
    ListenerArn: z.string(),
    Port: number,
    Protocol: text,
    SslPolicy: text,
    Certificates: listOf("member", z.object({ CertificateArn: text })),
    DefaultActions: listOf(
      "member",
      z.object({ Type: z.string(), Order: number, RedirectConfig: part({ Protocol: text }) }),
    ),
  })
  .transform((listener): Listener => ({
    arn: listener.ListenerArn,
    port: listener.Port,
    protocol: listener.Protocol,
    sslPolicy: listener.SslPolicy,
    certificateArns: ordered(listener.Certificates.map((certificate) => certificate.CertificateArn)),
    defaultActions: listener.DefaultActions.toSorted((a, b) => (a.Order ?? 0) - (b.Order ?? 0)).map((action) => ({
      type: action.Type,
      redirectProtocol: action.RedirectConfig.Protocol,
    })),
  }));

const Listeners = z
  .object({ Listeners: wholeListOf("member", ListedListener) })
  .transform((answer) => answer.Listeners.toSorted(by(({ arn }) => arn)));

const Settings = z
  .object({ Attributes: wholeListOf("member", z.object({ Key: z.string(), Value: z.string().default("") })) })
  .transform((answer) => new Map(answer.Attributes.map(({ Key, Value }) => [Key, Value])));

interface Item {
  readonly balancer: ListedLoadBalancer;
  readonly targetGroupArns: readonly string[] | undefined;
}

/**
 * Source: Elastic Load Balancing API 2015-12-01, DescribeLoadBalancers (400 per page), DescribeTargetGroups where there are
 * any, and DescribeListeners and DescribeLoadBalancerAttributes for each.
 */
export const collector: Collector<LoadBalancer, Traffic, Item> = {
  id: "elbv2.loadBalancers",
  service: "elbv2",
  resourceType: "AWS::ElasticLoadBalancingV2::LoadBalancer",
  scope: "regional",
  actions: [
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:DescribeLoadBalancerAttributes",
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeTargetGroups",
    ...metricActions,
    ...tagActions,
  ],
  async *list({ aws }) {
    for await (const page of aws.walk(describeLoadBalancers)) {
      const balancers = Page.parse(page).LoadBalancers;
      if (balancers.length === 0) continue;
      const groups = await targetGroupsByBalancer(aws);
      yield balancers.map((balancer) => ({
        balancer,
        targetGroupArns: groups && (groups.get(balancer.LoadBalancerArn) ?? []).toSorted(),
      }));
    }
  },
  describe: oneByOne(found),
  measures: {
    queries({ nativeId, attributes: { type } }) {
      const metric = trafficMetrics[type ?? ""];
      const [, LoadBalancer] = nativeId.split(":loadbalancer/");
      return metric && LoadBalancer ? [trafficQuery(...metric, { LoadBalancer })] : [];
    },
    with: withTraffic,
  },
};

function costOf({ Type, Scheme, IpAddressType, AvailabilityZones }: ListedLoadBalancer, place: Place): number | null {
  // Elastic IPs are charged where they are listed.
  const lent = AvailabilityZones.filter(({ LoadBalancerAddresses: own }) =>
    own.every((one) => one.AllocationId === null),
  );
  const isPublic = Scheme === "internet-facing" && IpAddressType !== "dualstack-without-public-ipv4";
  return inRegion(loadBalancerMonthlyUsd(Type, isPublic ? lent.length : 0), place.region);
}

function relationsOf(place: Place, attributes: LoadBalancer): readonly Relation[] {
  const certificateArns = attributes.listeners?.flatMap((listener) => listener.certificateArns) ?? [];
  return [
    ...balancerRelations(place, { ...attributes, certificateArns }),
    ...related("forwardsTo", "AWS::ElasticLoadBalancingV2::TargetGroup", attributes.targetGroupArns),
    ...relatedBucket("logsTo", attributes.accessLogsEnabled ? attributes.accessLogsBucket : null, place),
  ];
}

function attributesOf(
  { balancer, targetGroupArns }: Item,
  listeners: readonly Listener[] | undefined,
  settings: ReadonlyMap<string, string> | undefined,
): LoadBalancer {
  const setting = (key: string): string | null | undefined => settings && (settings.get(key) || null);
  const isOn = (key: string): boolean | null | undefined => {
    const value = setting(key);
    return typeof value === "string" ? value === "true" : value;
  };
  return {
    type: balancer.Type,
    scheme: balancer.Scheme,
    ipAddressType: balancer.IpAddressType,
    dnsName: balancer.DNSName,
    vpcId: balancer.VpcId,
    availabilityZones: ordered(balancer.AvailabilityZones.map((zone) => zone.ZoneName)),
    subnetIds: ordered(balancer.AvailabilityZones.map((zone) => zone.SubnetId)),
    securityGroupIds: ordered(balancer.SecurityGroups),
    targetGroupArns,
    listeners,
    accessLogsEnabled: isOn("access_logs.s3.enabled"),
    accessLogsBucket: setting("access_logs.s3.bucket"),
    deletionProtection: isOn("deletion_protection.enabled"),
    dropInvalidHeaders: isOn("routing.http.drop_invalid_header_fields.enabled"),
    desyncMitigationMode: setting("routing.http.desync_mitigation_mode"),
  };
}

async function found({ aws, place }: CollectContext, item: Item): Promise<Found<LoadBalancer, Traffic> | null> {
  const { balancer } = item;
  const arn = balancer.LoadBalancerArn;
  const gone = ["LoadBalancerNotFound"];
  const [listeners, settings] = await Promise.all([
    aws.attempt(describeListeners, { LoadBalancerArn: arn, PageSize: 400 }, gone),
    aws.attempt(describeLoadBalancerAttributes, { LoadBalancerArn: arn }, gone),
  ]);
  if (listeners === null || settings === null) return null;
  const attributes = attributesOf(item, Listeners.safeParse(listeners).data, Settings.safeParse(settings).data);
  return {
    nativeId: arn,
    arn,
    name: balancer.LoadBalancerName,
    state: balancer.State.Code,
    ...taggedAs(arn),
    createdAt: balancer.CreatedTime,
    costMonthly: costOf(balancer, place),
    relations: relationsOf(place, attributes),
    dnsNames: balancer.DNSName === null ? [] : [balancer.DNSName],
    attributes,
  };
}

/** Source: CloudWatch metrics of application, network and gateway load balancers. */
const trafficMetrics: Readonly<Record<string, readonly [namespace: string, metric: string]>> = {
  application: ["AWS/ApplicationELB", "RequestCount"],
  network: ["AWS/NetworkELB", "NewFlowCount"],
  gateway: ["AWS/GatewayELB", "NewFlowCount"],
};
