import { bucketOf } from "#collectors/bucket-host";
import type { FoundBy } from "#collectors/registry";

/**
 * Where EC2's public addresses lie, in blocks of 2^14 and more; `3.8/13` is 3.8.0.0/13. Blocks that are S3's are left out.
 * Source: AWS's ip-ranges.json of spring 2021, service EC2, put together; it holds 99.5 % of what there was then. What AWS has
 * got since is missing: there a lost address is not noticed.
 */
const ec2Blocks = `
3/15 3.6/15 3.8/13 3.16/13 3.24/14 3.32/16 3.34/15 3.36/14 3.64/11 3.96/14 3.101/16 3.104/14 3.112/14 3.120/13 3.128/12
3.208/12 3.224/12 3.248/13 13.36/14 13.48/13 13.56/14 13.112/14 13.124/14 13.208/14 13.212/15 13.228/14 13.232/13 13.244/15
13.250/15 15.152/16 15.156/15 15.160/15 15.164/15 15.184/15 15.188/16 15.200/16 15.205/16 15.206/15 15.222/15 15.228/15
15.236/15 15.253/16 15.254/16 16.62/15 16.162/15 16.170/15 18.60/15 18.100/15 18.116/14 18.130/16 18.132/14 18.136/16
18.138/15 18.140/14 18.144/15 18.153/16 18.156/14 18.162/15 18.166/15 18.168/14 18.175/16 18.176/13 18.184/15 18.188/14
18.192/11 18.224/13 18.232/14 18.236/15 18.246/16 18.252/15 23.20/14 34.192/10 35.72/13 35.80/12 35.152/13 35.160/12
35.176/13 44.192/10 46.51.128/18 46.137/17 46.137.128/18 50.16/14 50.112/16 52/11 52.32/13 52.40/14 52.44/15 52.47/16
52.48/12 52.64/12 52.80/15 52.82/17 52.83/16 52.86/15 52.88/14 52.192/12 52.208/13 52.220/15 52.222/17 54.64/11 54.144/12
54.160/12 54.176/14 54.180/15 54.183/16 54.184/13 54.193/16 54.194/15 54.196/14 54.200/13 54.208/13 54.216/14 54.220/15
54.222.128/17 54.223/16 54.224/14 54.228/15 54.232/14 54.236/15 54.238/16 54.241/16 54.242/15 54.244/14 54.248/13 63.32/14
65/14 67.202/18 68.79/18 69.230.192/18 69.231.128/18 69.234.192/18 69.235.128/18 70.224.192/18 75.101.128/17 79.125/17
96.127/17 99.79/16 99.80/15 100.20/14 100.24/13 107.20/14 107.176/15 108.128/13 108.136/15 122.248.192/18 140.179/16
157.175/16 160.1/16 161.189/16 174.129/16 175.41.128/17 176.34.64/18 176.34.128/17 177.71.128/17 184.72/15 184.169.128/17
204.236.128/17`;

/** An IPv4 address, or the front of one, as a number; NaN for anything else. */
function numberOf(address: string): number {
  const [a = 0, b = 0, c = 0, d = 0] = /^\d+(\.\d+){0,3}$/.test(address)
    ? address.split(".").map(Number)
    : [Number.NaN];
  return ((a * 256 + b) * 256 + c) * 256 + d;
}

const blocks: readonly (readonly [first: number, size: number])[] = ec2Blocks
  .trim()
  .split(/\s+/)
  .map((block) => {
    const [front = "", bits] = block.split("/");
    return [numberOf(front), 2 ** (32 - Number(bits))];
  });

/** Whether an address is one that EC2 hands out, to one customer today and to another tomorrow. */
export function isEc2Address(address: string): boolean {
  const at = numberOf(address);
  return blocks.some(([first, size]) => first <= at && at < first + size);
}

/** What a name stands for that the account could have, and may have no more. */
export interface Target {
  readonly kind: "address" | "bucket" | "load_balancer" | "distribution" | "api";
  readonly target: string;
}

const hosts: readonly (readonly [kind: Target["kind"], pattern: RegExp])[] = [
  ["load_balancer", /\.elb(?:\.[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$/],
  ["distribution", /^[a-z0-9]+\.cloudfront\.(?:net|cn)$/],
  // What stands for a domain of one's own begins with `d-`.
  ["api", /^[a-z0-9]+\.execute-api\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/],
];

/** A load balancer's name for one zone of it, or for one kind of addresses. */
const ofOnePart = /^(?:ipv6|[a-z]{2}(?:-[a-z]+)+-\d[a-z])\./;

/** What a record points at; nothing for what the account could not have. */
export function targetsOf({
  recordName,
  recordType,
  aliasTarget,
  values,
}: FoundBy<"route53.recordSets">["attributes"]): readonly Target[] {
  if (aliasTarget === null && recordType === "A")
    return values.filter(isEc2Address).map((target) => ({ kind: "address", target }));
  const host = aliasTarget ?? (recordType === "CNAME" ? values[0] : undefined);
  if (host === undefined) return [];
  // An alias of S3's website endpoint serves the bucket that is named like the record.
  const bucket = /^s3-website[.-]/.test(host) ? recordName : bucketOf(host);
  if (bucket !== null) return [{ kind: "bucket", target: bucket }];
  const kind = hosts.find(([, pattern]) => pattern.test(host))?.[0];
  return kind ? [{ kind, target: kind === "load_balancer" ? host.replace(ofOnePart, "") : host }] : [];
}
