import { AwsError, restXmlAnswer } from "../answers.ts";
import { text, type Call, type Operation } from "../calls.ts";
import { HOME_REGION } from "../regions.ts";
import { distributionDomainName } from "./cloudfront.ts";
import { loadBalancerDnsName } from "./elbv2.ts";
import { countOf, digits, isNth, numberOf, pageOf, xmlOf, type ThingService } from "./thing.ts";

/** Source: Route 53 API 2013-04-01. Record sets lie in zones in turn: without a zone there are none. */
const zones = "route53.hostedZones";
const records = "route53.recordSets";
const paging = { token: "marker", limit: "maxitems", byDefault: 100, min: 1, max: 100 };
const recordsPerPage = 300;

const idOf = (n: number): string => `Z08ABCDEFGHIJK${digits(n, 6)}`;
const zoneName = (n: number): string => `zone-${n}.example.com.`;
const arnOf = (n: number): string => `arn:aws:route53:::hostedzone/${idOf(n)}`;

/** What stands at the top of a zone; every third takes mail. */
const topOf = (zone: number): readonly string[] => (isNth(zone, 3) ? ["MX", "NS", "SOA"] : ["NS", "SOA"]);
/** How many record sets below it lie in a zone. */
const ownIn = (call: Call, zone: number): number =>
  Math.ceil(Math.max(0, countOf(call, records) - zone) / countOf(call, zones));

const listHostedZones: Operation = (call) => {
  const { numbers, next } = pageOf(call, zones, paging);
  const HostedZone = numbers.map((n) => ({
    Id: `/hostedzone/${idOf(n)}`,
    Name: zoneName(n),
    CallerReference: `zone-${n}`,
    Config: { Comment: `zone ${n}`, PrivateZone: isNth(n, 4) },
    ResourceRecordSetCount: topOf(n).length + ownIn(call, n),
  }));
  const answer = {
    HostedZones: { HostedZone },
    Marker: text(call, "marker"),
    IsTruncated: next !== undefined,
    NextMarker: next,
    MaxItems: text(call, "maxitems") ?? paging.byDefault,
  };
  return restXmlAnswer("route53", "ListHostedZonesResponse", xmlOf(answer));
};

interface RecordSet {
  readonly Name: string;
  readonly Type: string;
  readonly SetIdentifier?: string;
  readonly [member: string]: unknown;
}

const values = (...all: readonly string[]) => ({
  TTL: 300,
  ResourceRecords: { ResourceRecord: all.map((Value) => ({ Value })) },
});

const tops: Readonly<Record<string, object>> = {
  MX: values("10 mail.example.com."),
  NS: values("ns-1.awsdns-01.com.", "ns-2.awsdns-02.org."),
  SOA: values("ns-1.awsdns-01.com. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"),
};

/** Addresses, aliases of load balancers, hosts of distributions; every 7th is a host of a bucket that is gone. */
function pointerOf(n: number): { readonly Type: string; readonly [member: string]: unknown } {
  if (isNth(n, 7)) return { Type: "CNAME", ...values(`gone-${n}.s3.eu-west-1.amazonaws.com`) };
  if (n % 4 === 0) return { Type: "A", ...values(`198.51.100.${n % 250}`) };
  if (n % 4 === 1) return { Type: "CNAME", ...values(distributionDomainName(n)) };
  if (n % 4 === 2) return { Type: "AAAA", ...values(`2001:db8::${(n % 0xffff).toString(16)}`) };
  // The one before is an application load balancer.
  const DNSName = `dualstack.${loadBalancerDnsName(n - 1, HOME_REGION)}.`;
  return { Type: "A", AliasTarget: { HostedZoneId: "Z32O12XQLNTSW2", DNSName, EvaluateTargetHealth: true } };
}

const recordAt = (call: Call, zone: number, place: number): RecordSet => {
  const top = topOf(zone);
  const type = top[place];
  if (type !== undefined) return { Name: zoneName(zone), Type: type, ...tops[type] };
  const n = zone + (place - top.length) * countOf(call, zones);
  const weighted = isNth(n, 10) && { SetIdentifier: "blue", Weight: 100 };
  const { Type, ...pointer } = pointerOf(n);
  return { Name: `host-${digits(n, 6)}.${zoneName(zone)}`, Type, ...weighted, ...pointer };
};

/** Where a page begins: at the record set the request names, else at the first. */
function startOf(call: Call, zone: number): number {
  const name = text(call, "name");
  if (name === undefined) return 0;
  const top = topOf(zone);
  const host = /^host-(\d+)\./.exec(name)?.[1];
  if (host === undefined) return Math.max(0, top.indexOf(text(call, "type") ?? ""));
  return top.length + Math.ceil((Number(host) - zone) / countOf(call, zones));
}

const listResourceRecordSets: Operation = (call) => {
  const missing = new AwsError("NoSuchHostedZone", 404, `No hosted zone found with ID: ${String(call.input["Id"])}`);
  const zone = numberOf(call, zones, "Id", missing);
  const size = Number(text(call, "maxitems") ?? recordsPerPage);
  if (!Number.isInteger(size) || size < 1) throw new AwsError("InvalidInput", 400, "maxitems is not valid");
  const total = topOf(zone).length + ownIn(call, zone);
  const from = startOf(call, zone);
  // A larger page is asked for in vain.
  const to = Math.min(total, from + Math.min(size, recordsPerPage));
  const ResourceRecordSet = Array.from({ length: Math.max(0, to - from) }, (_, at) => recordAt(call, zone, from + at));
  const next = call.repeatToken ? recordAt(call, zone, from) : to < total ? recordAt(call, zone, to) : undefined;
  const answer = {
    ResourceRecordSets: { ResourceRecordSet },
    IsTruncated: next !== undefined,
    NextRecordName: next?.Name,
    NextRecordType: next?.Type,
    NextRecordIdentifier: next?.SetIdentifier,
    MaxItems: size,
  };
  return restXmlAnswer("route53", "ListResourceRecordSetsResponse", xmlOf(answer));
};

export const route53: ThingService = {
  routes: [
    ["GET", "/2013-04-01/hostedzone", "ListHostedZones"],
    ["GET", "/2013-04-01/hostedzone/{Id}/rrset", "ListResourceRecordSets"],
  ],
  operations: { ListHostedZones: listHostedZones, ListResourceRecordSets: listResourceRecordSets },
  kinds: {
    [zones]: { isTagged: true, isGlobal: true, arnOf: (_, n) => arnOf(n) },
    // A record set has no ARN but its zone's.
    [records]: { isGlobal: true, arnOf: (call, n) => arnOf(n % Math.max(1, countOf(call, zones))) },
  },
};
