import type { FoundBy } from "#collectors/registry";
import type { About, Check, Examples } from "#checks/check";
import { bucketNames } from "#checks/bucket-names";
import { exampleDistribution } from "#checks/cloudfront/examples";
import { exampleAddress, exampleInterface } from "#checks/ec2/examples";
import { exampleBalancer, exampleClassic } from "#checks/elbv2/examples";
import { oncePerList } from "#checks/once";
import { exampleBucket } from "#checks/s3/examples";
import { exampleRecord } from "./examples.ts";
import { targetsOf, type Target } from "./shared.ts";

type Reads =
  | "ec2.addresses"
  | "ec2.networkInterfaces"
  | "elbv2.loadBalancers"
  | "elb.loadBalancers"
  | "cloudfront.distributions"
  | "apigateway.restApis"
  | "apigatewayv2.apis"
  | "s3.buckets";

export const check: Check<"route53.recordSets", object, Reads> = {
  id: "route53_dangling_record",
  severity: "high",
  category: "security",
  domain: "network_exposure",
  effort: "low",
  // It may be another account's, or a service's that keeps it for the account.
  confidence: 0.6,
  drift: false,
  resources: ["route53.recordSets"],
  reads: [
    "ec2.addresses",
    "ec2.networkInterfaces",
    "elbv2.loadBalancers",
    "elb.loadBalancers",
    "cloudfront.distributions",
    "apigateway.restApis",
    "apigatewayv2.apis",
    "s3.buckets",
  ],
  condense: {
    "route53.recordSets": ({ attributes }) => {
      const { isPrivate, recordName, recordType, aliasTarget, values } = attributes;
      return { isPrivate, recordName, recordType, aliasTarget, values };
    },
    "ec2.addresses": ({ attributes: { publicIp } }) => ({ publicIp }),
    "ec2.networkInterfaces": ({ attributes: { publicIps } }) => ({ publicIps }),
    "elbv2.loadBalancers": ({ attributes: { dnsName } }) => ({ dnsName }),
    "elb.loadBalancers": ({ attributes: { dnsName } }) => ({ dnsName }),
    "cloudfront.distributions": ({ attributes: { domainName } }) => ({ domainName }),
    "apigateway.restApis": ({ attributes: { apiId } }) => ({ apiId }),
    "apigatewayv2.apis": ({ attributes: { apiId } }) => ({ apiId }),
    "s3.buckets": () => ({}),
  },
  decisive: ["targets"],
  params: {},
  judge({ attributes: record }, context) {
    const pointsTo = targetsOf(record);
    if (record.isPrivate === true || pointsTo.length === 0) return null;
    if (record.isPrivate === null)
      return { status: "unknown", reason: "route53:ListHostedZones did not say whether the zone is public" };
    const others = context.others;
    const isHeld: Readonly<Record<Target["kind"], (target: string) => boolean>> = {
      address: (ip) =>
        elasticIps(others("ec2.addresses")).has(ip) || interfaceIps(others("ec2.networkInterfaces")).has(ip),
      bucket: (name) => bucketNames(others("s3.buckets")).has(name),
      load_balancer: (host) =>
        balancerNames(others("elbv2.loadBalancers")).has(host) || classicNames(others("elb.loadBalancers")).has(host),
      distribution: (host) => distributionNames(others("cloudfront.distributions")).has(host),
      api: (host) => {
        const id = host.split(".")[0] ?? "";
        return restApiIds(others("apigateway.restApis")).has(id) || apiIds(others("apigatewayv2.apis")).has(id);
      },
    };
    const lost = pointsTo.filter(({ kind, target }) => !isHeld[kind](target));
    if (lost.length === 0) return { status: "pass" };
    const targets = lost.map(({ target }) => target);
    return {
      status: "fail",
      // Amplify, Cognito and API Gateway keep distributions for an account that are not among its own.
      severity: lost.every(({ kind }) => kind === "distribution") ? "medium" : "high",
      exposure: "internet",
      summary: `${record.recordName} points at ${targets.join(", ")}, which this account does not hold.`,
      details: { recordType: record.recordType, kinds: [...new Set(lost.map(({ kind }) => kind))], targets },
      evidence: [
        record.aliasTarget === null
          ? { call, field: "ResourceRecordSets[].ResourceRecords[].Value", value: record.values }
          : { call, field: "ResourceRecordSets[].AliasTarget.DNSName", value: record.aliasTarget },
        ...lost.map(({ kind }) => ({ ...lookedIn[kind], value: null })),
      ],
    };
  },
};

const call = "route53:ListResourceRecordSets";

/** Where what a record points at would have been. */
const lookedIn: Readonly<Record<Target["kind"], { readonly call: string; readonly field: string }>> = {
  address: { call: "ec2:DescribeNetworkInterfaces", field: "NetworkInterfaces[].Association.PublicIp" },
  bucket: { call: "s3:ListBuckets", field: "Buckets[].Name" },
  load_balancer: { call: "elbv2:DescribeLoadBalancers", field: "LoadBalancers[].DNSName" },
  distribution: { call: "cloudfront:ListDistributions", field: "DistributionList.Items[].DomainName" },
  api: { call: "apigateway:GetRestApis", field: "items[].id" },
};

/** A set of names out of a list of some kind, worked out once. */
const setOf = <Id extends Reads>(names: (found: FoundBy<Id>) => readonly (string | null)[]) =>
  oncePerList((list: readonly FoundBy<Id>[]): ReadonlySet<string | null> => new Set(list.flatMap(names)));

const elasticIps = setOf<"ec2.addresses">(({ attributes }) => [attributes.publicIp]);
const interfaceIps = setOf<"ec2.networkInterfaces">(({ attributes }) => attributes.publicIps);
const balancerNames = setOf<"elbv2.loadBalancers">(({ attributes }) => [attributes.dnsName]);
const classicNames = setOf<"elb.loadBalancers">(({ attributes }) => [attributes.dnsName]);
const distributionNames = setOf<"cloudfront.distributions">(({ attributes }) => [attributes.domainName]);
const restApiIds = setOf<"apigateway.restApis">(({ attributes }) => [attributes.apiId]);
const apiIds = setOf<"apigatewayv2.apis">(({ attributes }) => [attributes.apiId]);

export const about: About = {
  title: "A DNS record leads to something the account does not hold",
  rationale:
    "What was given up can come to somebody else, an address by chance and a bucket by its name. He then gets your visitors, and certificates for your name.",
  remediation:
    "Delete the record, or let it point at something you have. If another account of yours holds it, or a service does for you, ignore the finding with that reason.",
  controls: {},
};

export const examples = (): Examples<"route53.recordSets"> => {
  const cname = (host: string) => exampleRecord({ recordType: "CNAME", values: [host] });
  const alias = (aliasTarget: string, recordName = "www.example.com") =>
    exampleRecord({ recordName, aliasTarget, values: [], ttlSeconds: null });
  const website = "acme-data.s3-website-eu-west-1.amazonaws.com";
  const balancer = "shop-1234567890.eu-west-1.elb.amazonaws.com";
  const classic = "old-1234567890.eu-west-1.elb.amazonaws.com";
  const api = "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com";
  const found = { arn: null, name: null, state: null, tags: {}, createdAt: null };
  return {
    pass: [
      {
        name: "an Elastic IP",
        found: exampleRecord(),
        others: { "ec2.addresses": [exampleAddress({ publicIp: "52.16.0.1" })] },
      },
      {
        name: "an address of an interface",
        found: exampleRecord(),
        others: { "ec2.networkInterfaces": [exampleInterface(), exampleInterface({ publicIps: ["52.16.0.1"] })] },
      },
      { name: "a bucket's website", found: cname(website), others: { "s3.buckets": [exampleBucket({})] } },
      {
        name: "an alias of a website",
        found: alias("s3-website-eu-west-1.amazonaws.com"),
        others: { "s3.buckets": [exampleBucket({}, { name: "www.example.com" })] },
      },
      { name: "a load balancer", found: alias(balancer), others: { "elbv2.loadBalancers": [exampleBalancer()] } },
      {
        name: "one zone of a load balancer",
        found: cname(`eu-west-1a.${balancer}`),
        others: { "elbv2.loadBalancers": [exampleBalancer()] },
      },
      { name: "a classic one", found: cname(classic), others: { "elb.loadBalancers": [exampleClassic()] } },
      {
        name: "a distribution",
        found: alias("d0a1b2.cloudfront.net"),
        others: { "cloudfront.distributions": [exampleDistribution()] },
      },
      {
        name: "an API",
        found: cname(api),
        others: { "apigatewayv2.apis": [{ ...found, nativeId: "api", attributes: { apiId: "a1b2c3d4e5" } }] },
      },
    ],
    fail: [
      {
        name: "an address that is gone",
        found: exampleRecord({ values: ["52.16.0.1", "198.51.100.7", "52.16.0.2"] }),
        others: { "ec2.addresses": [exampleAddress({ publicIp: "52.16.0.2" })] },
        expect: { severity: "high", exposure: "internet", details: { kinds: ["address"], targets: ["52.16.0.1"] } },
      },
      { name: "the first address of a block", found: exampleRecord({ values: ["52.0.0.0"] }) },
      { name: "the last address of a block", found: exampleRecord({ values: ["52.31.255.255"] }) },
      {
        name: "a website whose bucket is gone",
        found: cname(website),
        expect: { severity: "high", details: { kinds: ["bucket"], targets: ["acme-data"] } },
      },
      {
        name: "an alias of a website whose bucket is gone",
        found: alias("s3-website-eu-west-1.amazonaws.com"),
        others: { "s3.buckets": [exampleBucket({})] },
        expect: { details: { targets: ["www.example.com"] } },
      },
      {
        name: "another load balancer",
        found: alias("blog-1.eu-west-1.elb.amazonaws.com"),
        others: { "elbv2.loadBalancers": [exampleBalancer()], "elb.loadBalancers": [exampleClassic()] },
        expect: { severity: "high", details: { kinds: ["load_balancer"] } },
      },
      { name: "a network load balancer", found: cname("net-0a1b.elb.eu-west-1.amazonaws.com") },
      {
        name: "another distribution",
        found: alias("d9.cloudfront.net"),
        expect: { severity: "medium", details: { kinds: ["distribution"] } },
      },
      { name: "an API that is gone", found: cname(api), expect: { severity: "high", details: { kinds: ["api"] } } },
    ],
    unknown: [{ name: "public or private is not said", found: exampleRecord({ isPrivate: null }) }],
    notApplicable: [
      { name: "a private zone", found: exampleRecord({ isPrivate: true }) },
      { name: "an address that is not AWS's", found: exampleRecord({ values: ["198.51.100.7"] }) },
      { name: "just past a block", found: exampleRecord({ values: ["54.240.0.0"] }) },
      { name: "somebody else's host", found: cname("shops.example.net") },
      { name: "an API's own domain name", found: alias("d-a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com") },
      { name: "an IPv6 address", found: exampleRecord({ recordType: "AAAA", values: ["2a05:d018::1"] }) },
    ],
  };
};
