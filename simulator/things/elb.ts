import { AwsError, queryAnswer } from "../answers.ts";
import type { Call, Operation } from "../calls.ts";
import {
  certificateArn,
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

/** Source: Elastic Load Balancing API 2012-06-01. */
const kind = "elb.loadBalancers";
const paging = { token: "Marker", limit: "PageSize", byDefault: 400, min: 1, max: 400 };

const nameOf = (n: number): string => `classic-${n}`;
const arnOf = ({ account, region }: Call, n: number): string =>
  `arn:aws:elasticloadbalancing:${region}:${account.id}:loadbalancer/${nameOf(n)}`;

/** Every second has instances. */
const instancesOf = (n: number): readonly string[] =>
  isBusy(n) ? [0, 1].map((at) => `i-0c1a55${digits(n, 9)}${at}0`) : [];

function balancerOf(call: Call, n: number): object {
  const isInternal = !isNth(n, 7);
  const dnsName = `${isInternal ? "internal-" : ""}${nameOf(n)}-1234567890.${call.region}.elb.amazonaws.com`;
  const listener = isNth(n, 5)
    ? { Protocol: "HTTP", LoadBalancerPort: 80, InstanceProtocol: "HTTP", InstancePort: 80 }
    : {
        Protocol: "HTTPS",
        LoadBalancerPort: 443,
        InstanceProtocol: "HTTP",
        InstancePort: 80,
        SSLCertificateId: certificateArn(call),
      };
  return {
    LoadBalancerName: nameOf(n),
    DNSName: dnsName,
    CanonicalHostedZoneNameID: "Z32O12XQLNTSW2",
    ListenerDescriptions: { member: [{ Listener: listener, PolicyNames: {} }] },
    Policies: { AppCookieStickinessPolicies: {}, LBCookieStickinessPolicies: {}, OtherPolicies: {} },
    BackendServerDescriptions: {},
    AvailabilityZones: { member: [`${call.region}a`, `${call.region}b`] },
    Subnets: { member: vpc.subnetIds },
    VPCId: vpc.id,
    Instances: { member: instancesOf(n).map((InstanceId) => ({ InstanceId })) },
    HealthCheck: { Target: "HTTP:80/", Interval: 30, Timeout: 5, UnhealthyThreshold: 2, HealthyThreshold: 10 },
    SourceSecurityGroup: { OwnerAlias: call.account.id, GroupName: "default" },
    SecurityGroups: { member: vpc.securityGroupIds },
    CreatedTime: daysBefore(call, 900),
    Scheme: isInternal ? "internal" : "internet-facing",
  };
}

const describeLoadBalancers: Operation = (call) => {
  const { numbers, next } = pageOf(call, kind, paging);
  const member = numbers.map((n) => balancerOf(call, n));
  return queryAnswer("elb", call.action, xmlOf({ LoadBalancerDescriptions: { member }, NextMarker: next }));
};

/** Of every 5th all instances are out of service. */
const describeInstanceHealth: Operation = (call) => {
  const missing = new AwsError("LoadBalancerNotFound", 400, "There is no ACTIVE Load Balancer with that name");
  const n = numberOf(call, kind, "LoadBalancerName", missing);
  const member = instancesOf(n).map((InstanceId) => ({
    InstanceId,
    State: isNth(n, 5) ? "OutOfService" : "InService",
    ReasonCode: isNth(n, 5) ? "Instance" : "N/A",
    Description: "N/A",
  }));
  return queryAnswer("elb", call.action, xmlOf({ InstanceStates: { member } }));
};

export const elb: ThingService = {
  operations: { DescribeLoadBalancers: describeLoadBalancers, DescribeInstanceHealth: describeInstanceHealth },
  kinds: { [kind]: { isTagged: true, arnOf } },
};
