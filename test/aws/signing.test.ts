import { describe, it } from "vitest";
import type { Input, Operation, Target } from "#aws/caller";
import { fixedCredentials } from "#aws/credentials";
import { bodyOf, fakeAws, keys, signatureByAws, temporary, xml } from "./fake-aws.ts";

const calls: Record<string, { operation: Operation; input?: Input; target?: Target; host: string; scope: string }> = {
  "ec2 query": {
    operation: { service: "ec2", action: "DescribeInstances" },
    input: { MaxResults: 1000, Filter: [{ Name: "tag:Näme", Value: ["a b+c", "d&e=f~*'()"] }] },
    host: "ec2.eu-west-1.amazonaws.com",
    scope: "/eu-west-1/ec2/",
  },
  "query, in the region": {
    operation: { service: "rds", action: "DescribeDBInstances" },
    host: "rds.eu-west-1.amazonaws.com",
    scope: "/eu-west-1/rds/",
  },
  "query, global": {
    operation: { service: "iam", action: "ListUsers" },
    input: { Marker: "AA==/+" },
    host: "iam.amazonaws.com",
    scope: "/us-east-1/iam/",
  },
  "query, global, in China": {
    operation: { service: "iam", action: "ListUsers" },
    target: { region: "cn-northwest-1" },
    host: "iam.cn-north-1.amazonaws.com.cn",
    scope: "/cn-north-1/iam/",
  },
  "query, sts": {
    operation: { service: "sts", action: "GetCallerIdentity" },
    host: "sts.eu-west-1.amazonaws.com",
    scope: "/eu-west-1/sts/",
  },
  "rest-xml with a query": {
    operation: { service: "s3", action: "ListBuckets", path: "/" },
    input: { MaxBuckets: 1000, ContinuationToken: "a+b/c==" },
    host: "s3.eu-west-1.amazonaws.com",
    scope: "/eu-west-1/s3/",
  },
  "rest-xml with a path, in another region": {
    operation: { service: "s3", action: "GetBucketPolicy", path: "/{Bucket}?policy" },
    input: { Bucket: "my.bucket-1" },
    target: { region: "us-gov-west-1" },
    host: "s3.us-gov-west-1.amazonaws.com",
    scope: "/us-gov-west-1/s3/",
  },
  "rest-xml with the account in the host": {
    operation: {
      service: "s3control",
      action: "GetPublicAccessBlock",
      path: "/v20180820/configuration/publicAccessBlock",
    },
    input: { AccountId: "999999999999" },
    host: "111122223333.s3-control.eu-west-1.amazonaws.com",
    scope: "/eu-west-1/s3/",
  },
  "json 1.1": {
    operation: { service: "acm", action: "ListCertificates" },
    input: { Includes: { keyTypes: ["RSA_2048"] }, MaxItems: 100 },
    host: "acm.eu-west-1.amazonaws.com",
    scope: "/eu-west-1/acm/",
  },
};

describe("a signed request", () => {
  for (const [name, { operation, input, target, host, scope }] of Object.entries(calls)) {
    for (const [kind, credentials] of Object.entries({ "long-lived": keys, temporary })) {
      it(`has the signature AWS's own signer gives it: ${name}, ${kind} keys`, async ({ expect }) => {
        const { caller, requests } = fakeAws(() => new Response("{}"), { credentials: fixedCredentials(credentials) });
        await caller.call(operation, input, target).catch(() => undefined);
        const [request] = requests;
        const authorization = request?.headers.get("authorization");
        expect(new URL(request?.url ?? "").host).toBe(host);
        expect(authorization).toContain(scope);
        expect(request && (await signatureByAws(request, credentials))).toBe(authorization);
        expect(request?.headers.get("x-amz-security-token") ?? undefined).toBe(credentials.sessionToken);
        expect(request?.redirect).toBe("manual");
      });
    }
  }

  it("writes nested input as each protocol demands", async ({ expect }) => {
    const { caller, requests } = fakeAws(() => xml("<R/>"));
    const input = { Filter: [{ Name: "n", Value: ["a", "b"] }], Owner: ["self"], DryRun: false, Gone: undefined };
    await caller.call({ service: "ec2", action: "DescribeImages" }, input);
    await caller.call({ service: "iam", action: "X" }, { Names: ["a", "b"], "Filters.Filter.1.Name": "engine" });
    const [ec2, query] = await Promise.all(
      requests.map(async (request) => Object.fromEntries(new URLSearchParams(await bodyOf(request)))),
    );
    expect(ec2).toEqual({
      Action: "DescribeImages",
      Version: "2016-11-15",
      "Filter.1.Name": "n",
      "Filter.1.Value.1": "a",
      "Filter.1.Value.2": "b",
      "Owner.1": "self",
      DryRun: "false",
    });
    expect(query).toEqual({
      Action: "X",
      Version: "2010-05-08",
      "Names.member.1": "a",
      "Names.member.2": "b",
      "Filters.Filter.1.Name": "engine",
    });
  });

  it("takes S3's query names from the names of its input", async ({ expect }) => {
    const { caller, requests } = fakeAws(() => xml("<R/>"));
    await caller.call(
      { service: "s3", action: "ListBuckets", path: "/" },
      { MaxBuckets: 5, "continuation-token": "t" },
    );
    expect(requests[0]?.url).toBe("https://s3.eu-west-1.amazonaws.com/?max-buckets=5&continuation-token=t");
  });
});
