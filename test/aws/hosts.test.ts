import fc from "fast-check";
import { describe, it } from "vitest";
import type { Operation } from "#aws/caller";
import { roleArnPattern } from "#aws/credentials";
import { AwsFault } from "#aws/fault";
import { assertAwsUrl, homeRegion, hostOf, isOffered, isRegion, knownRegions, signingRegion } from "#aws/regions";
import { services, type ServiceName } from "#aws/services";
import { assumeRole } from "#aws/sts";
import { fakeAws, keys, xml } from "./fake-aws.ts";

const awsHost = /^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/;
// safe: the keys of `services` are its names.
const names = Object.keys(services) as ServiceName[];

/** Texts that have broken such checks elsewhere, mixed with anything. */
const hostile = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.webUrl(),
  fc.constantFrom(
    "x.evil.com/#",
    "evil.com#",
    "evil.com?",
    "us-east-1@evil.com",
    "us-east-1.evil.com/",
    "\\evil.com",
    "us-east-1\n",
    "..",
    "../..",
    "//evil.com",
    "%2e%2e",
    "us-east-1:8080",
    "__proto__",
    "constructor",
    "US-EAST-1",
    " us-east-1",
    "",
  ),
  fc.tuple(fc.constantFrom(...knownRegions), fc.string()).map(([region, rest]) => region + rest),
);

describe("hosts", () => {
  it("are AWS's for every service in every known region that has it", ({ expect }) => {
    for (const region of knownRegions) {
      for (const service of names.filter((name) => isOffered(name, region))) {
        const host = hostOf(service, region, "111122223333");
        expect(host).toMatch(awsHost);
        expect(host.endsWith(".cn")).toBe(region.startsWith("cn-"));
        expect(() => assertAwsUrl(new URL(`https://${host}/`))).not.toThrow();
        expect(isRegion(signingRegion(service, region))).toBe(true);
      }
    }
  });

  it("are none where a service is not", ({ expect }) => {
    expect(isOffered("cost-optimization-hub", "eu-west-1")).toBe(false);
    expect(isOffered("bedrock", "ap-east-1")).toBe(false);
    expect(isOffered("cloudfront", "us-gov-west-1")).toBe(false);
    expect(() => hostOf("cloudfront", "us-gov-west-1")).toThrow(RangeError);
    expect(isOffered("iam", "mars-north-1")).toBe(false);
  });

  it("stay AWS's whatever stands in region, bucket, account or input, or nothing is sent", async ({ expect }) => {
    let sent = 0;
    const operations: Operation[] = [
      { service: "s3", action: "GetBucketPolicy", path: "/{Bucket}?policy" },
      { service: "s3control", action: "GetPublicAccessBlock", path: "/v20180820/configuration/publicAccessBlock" },
      { service: "ec2", action: "DescribeVolumes" },
      { service: "acm", action: "ListCertificates" },
      { service: "iam", action: "ListUsers" },
    ];
    const property = fc.asyncProperty(
      fc.constantFrom(...operations),
      fc.option(hostile),
      hostile,
      hostile,
      async (operation, region, bucket, awsAccountId) => {
        const { caller, requests } = fakeAws(() => xml("<R/>"), { awsAccountId });
        const target = region === null ? {} : { region };
        await caller.call(operation, { Bucket: bucket, AccountId: bucket }, target).catch((error: unknown) => {
          if (!(error instanceof AwsFault)) throw error;
        });
        for (const { url } of requests) {
          sent += 1;
          if (!awsHost.test(new URL(url).host)) throw new Error(`signed for ${url}`);
          if (operation.service === "s3" && !/^\/[^/]+$/.test(new URL(url).pathname)) throw new Error(`path of ${url}`);
        }
      },
    );
    await fc.assert(property, { numRuns: 10_000 });
    expect(sent).toBeGreaterThan(1_000);
  });

  it("come from the tables only", ({ expect }) => {
    fc.assert(
      fc.property(hostile, hostile, (service, region) => {
        // safe: hostile on purpose, as a value from outside would be.
        const named = service as ServiceName;
        if (isRegion(region) && names.includes(named)) return;
        expect(() => hostOf(named, region, "111122223333")).toThrow(RangeError);
      }),
      { numRuns: 10_000 },
    );
    expect(homeRegion("__proto__")).toBeUndefined();
  });

  it("are looked at once more before a signed request leaves", ({ expect }) => {
    const refused = [
      "http://ec2.us-east-1.amazonaws.com/",
      "https://ec2.us-east-1.amazonaws.com:8443/",
      "https://u@ec2.us-east-1.amazonaws.com/",
      "https://ec2.us-east-1.amazonaws.com.evil.com/",
      "https://amazonaws.com/",
      "https://evilamazonaws.com/",
      "https://127.0.0.1/",
      "https://ec2.us-east-1.amazonaws.com.cn.evil/",
    ];
    for (const url of refused) expect(() => assertAwsUrl(new URL(url)), url).toThrow(RangeError);
  });

  it("are not asked about a role whose ARN is not one", async ({ expect }) => {
    const requests: Request[] = [];
    const fetcher = { fetch: async (request: Request) => (requests.push(request), xml("<R/>")) };
    const refused = hostile.filter((arn) => !roleArnPattern.test(arn));
    await fc.assert(
      fc.asyncProperty(refused, async (arn) => {
        const role = { arn, externalId: "e", sessionName: "s", durationSeconds: 900 };
        await expect(assumeRole({ fetcher, region: "us-east-1" }, keys, role)).rejects.toThrow(RangeError);
      }),
      { numRuns: 500 },
    );
    expect(requests).toEqual([]);
    expect(roleArnPattern.test("arn:aws:iam::111122223333:role/path/Cloudglass\n")).toBe(false);
  });
});
