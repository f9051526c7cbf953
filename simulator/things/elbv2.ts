import { AwsError, queryAnswer } from "../answers.ts";
import type { Call, Operation } from "../calls.ts";
import { windowOf } from "../paging.ts";
import { functionArn } from "./lambda.ts";
import {
  certificateArn,
  countOf,
  daysBefore,
  digits,
  isBusy,
  isNth,
  numberOf,
  pageOf,
  vpc,
  xmlOf,
  type ThingService,
} from "./thing.ts";

/** Source: Elastic Load Balancing API 2015-12-01. */
export const loadBalancers = "elbv2.loadBalancers";
const targetGroups = "elbv2.targetGroups";
const paging = { token: "Marker", limit: "PageSize", byDefault: 400, min: 1, max: 400 };

/** Every fourth is a network, every eighth a gateway load balancer. */
const typeOf = (n: number) => (isNth(n, 4) ? (isNth(n, 8) ? "gateway" : "network") : "application");
const pathWords = { application: "app", network: "net", gateway: "gwy" } as const;

const answer = (call: Call, result: object): Response => queryAnswer("elbv2", call.action, xmlOf(result));

/** The second half of an id: the number stands behind its last letter. */
const idOf = (n: number): string => `50dc6c4d${digits(n, 8)}`;
const arnOf = ({ account, region }: Call, name: string): string =>
  `arn:aws:elasticloadbalancing:${region}:${account.id}:${name}`;
const pathOf = (n: number): string => `${pathWords[typeOf(n)]}/lb-${n}/${idOf(n)}`;
export const loadBalancerArn = (call: Call, n: number): string => arnOf(call, `loadbalancer/${pathOf(n)}`);
const targetGroupArn = (call: Call, n: number): string => arnOf(call, `targetgroup/group-${n}/${idOf(n)}`);

export const loadBalancerDnsName = (n: number, region: string): string =>
  typeOf(n) === "application"
    ? `lb-${n}-1234567890.${region}.elb.amazonaws.com`
    : `lb-${n}-${idOf(n)}.elb.${region}.amazonaws.com`;

const balancerNamed = (call: Call): number =>
  numberOf(
    call,
    loadBalancers,
    "LoadBalancerArn",
    new AwsError("LoadBalancerNotFound", 400, "One or more load balancers not found"),
  );

const zonesOf = (region: string) => ({
  member: vpc.subnetIds.map((SubnetId, at) => ({ ZoneName: region + (at === 0 ? "a" : "b"), SubnetId })),
});

function balancerOf(call: Call, n: number): object {
  const type = typeOf(n);
  const isGateway = type === "gateway";
  return {
    LoadBalancerArn: loadBalancerArn(call, n),
    ...(!isGateway && {
      DNSName: loadBalancerDnsName(n, call.region),
      CanonicalHostedZoneId: "Z32O12XQLNTSW2",
      Scheme: isNth(n, 7) ? "internet-facing" : "internal",
    }),
    CreatedTime: daysBefore(call, 300),
    LoadBalancerName: `lb-${n}`,
    VpcId: vpc.id,
    State: { Code: "active" },
    Type: type,
    AvailabilityZones: zonesOf(call.region),
    ...(type === "application" && { SecurityGroups: { member: vpc.securityGroupIds } }),
    IpAddressType: "ipv4",
  };
}

const describeLoadBalancers: Operation = (call) => {
  const { numbers, next } = pageOf(call, loadBalancers, paging);
  const member = numbers.map((n) => balancerOf(call, n));
  return answer(call, { LoadBalancers: { member }, NextMarker: next });
};

/** Of application load balancers every 7th serves plain HTTP alone; every 5th allows old TLS. */
function listenersOf(call: Call, n: number): readonly object[] {
  const type = typeOf(n);
  const forward = { member: [{ Type: "forward", TargetGroupArn: targetGroupArn(call, n), Order: 1 }] };
  const redirect = { member: [{ Type: "redirect", Order: 1, RedirectConfig: { Protocol: "HTTPS", Port: 443 } }] };
  const secure = {
    Certificates: { member: [{ CertificateArn: certificateArn(call) }] },
    SslPolicy: isNth(n, 5) ? "ELBSecurityPolicy-TLS-1-0-2015-04" : "ELBSecurityPolicy-TLS13-1-2-2021-06",
    DefaultActions: forward,
  };
  if (type === "gateway") return [{ DefaultActions: forward }];
  if (type === "network") return [{ Port: 443, Protocol: "TLS", ...secure }];
  if (isNth(n, 7)) return [{ Port: 80, Protocol: "HTTP", DefaultActions: forward }];
  return [
    { Port: 80, Protocol: "HTTP", DefaultActions: redirect },
    { Port: 443, Protocol: "HTTPS", ...secure },
  ];
}

const describeListeners: Operation = (call) => {
  const n = balancerNamed(call);
  const all = listenersOf(call, n).map((listener, at) => ({
    ListenerArn: arnOf(call, `listener/${pathOf(n)}/f2f7dc8e${digits(at, 8)}`),
    LoadBalancerArn: loadBalancerArn(call, n),
    ...listener,
  }));
  const { from, to, next } = windowOf(call, all.length, paging);
  return answer(call, { Listeners: { member: all.slice(from, to) }, NextMarker: next });
};

const describeLoadBalancerAttributes: Operation = (call) => {
  const n = balancerNamed(call);
  const logs = {
    "access_logs.s3.enabled": !isNth(n, 5),
    "access_logs.s3.bucket": isNth(n, 5) ? "" : "access-logs",
  };
  const http = {
    "routing.http.drop_invalid_header_fields.enabled": !isNth(n, 5),
    "routing.http.desync_mitigation_mode": isNth(n, 7) ? "monitor" : "defensive",
  };
  const attributes = {
    "deletion_protection.enabled": !isNth(n, 5),
    ...(typeOf(n) !== "gateway" && logs),
    ...(typeOf(n) === "application" && http),
  };
  const member = Object.entries(attributes).map(([Key, Value]) => ({ Key, Value }));
  return answer(call, { Attributes: { member } });
};

/** A group belongs to the load balancer of its number. */
function groupOf(call: Call, n: number): object {
  const type = typeOf(n);
  const protocols = {
    application: { Protocol: "HTTP", ProtocolVersion: "HTTP1", Port: 80 },
    network: { Protocol: "TCP", Port: 80 },
    gateway: { Protocol: "GENEVE", Port: 6081 },
  };
  const targetType = targetTypeOf(n);
  return {
    TargetGroupArn: targetGroupArn(call, n),
    TargetGroupName: `group-${n}`,
    ...(targetType !== "lambda" && {
      ...protocols[type],
      VpcId: vpc.id,
      HealthCheckProtocol: "HTTP",
    }),
    HealthCheckEnabled: targetType !== "lambda",
    HealthCheckPath: "/",
    LoadBalancerArns: { member: n < countOf(call, loadBalancers) ? [loadBalancerArn(call, n)] : [] },
    TargetType: targetType,
  };
}

function targetTypeOf(n: number): "instance" | "ip" | "lambda" {
  if (typeOf(n) !== "application") return "instance";
  return isNth(n, 3) ? "lambda" : isBusy(n) ? "instance" : "ip";
}

const describeTargetGroups: Operation = (call) => {
  const { numbers, next } = pageOf(call, targetGroups, paging);
  const member = numbers.map((n) => groupOf(call, n));
  return answer(call, { TargetGroups: { member }, NextMarker: next });
};

/** Every 5th has no targets, every 7th none that is healthy. */
const describeTargetHealth: Operation = (call) => {
  const missing = new AwsError("TargetGroupNotFound", 400, "One or more target groups not found");
  const n = numberOf(call, targetGroups, "TargetGroupArn", missing);
  const ids = {
    instance: `i-0e1b2a${digits(n, 11)}`,
    ip: `10.0.${Math.floor(n / 250) % 250}.${(n % 250) + 1}`,
    lambda: functionArn(call, n),
  };
  const target = {
    Target: { Id: ids[targetTypeOf(n)], ...(targetTypeOf(n) !== "lambda" && { Port: 80 }) },
    TargetHealth: { State: targetTypeOf(n) === "lambda" ? "unavailable" : isNth(n, 7) ? "unhealthy" : "healthy" },
  };
  return answer(call, { TargetHealthDescriptions: { member: isNth(n, 5) ? [] : [target] } });
};

export const elbv2: ThingService = {
  operations: {
    DescribeLoadBalancers: describeLoadBalancers,
    DescribeListeners: describeListeners,
    DescribeLoadBalancerAttributes: describeLoadBalancerAttributes,
    DescribeTargetGroups: describeTargetGroups,
    DescribeTargetHealth: describeTargetHealth,
  },
  kinds: {
    [loadBalancers]: { isTagged: true, arnOf: loadBalancerArn },
    [targetGroups]: { isTagged: true, arnOf: targetGroupArn },
  },
};
