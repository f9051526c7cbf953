import { describe, it } from "vitest";
import { createAws } from "#aws/client";
import { fixedCredentials } from "#aws/credentials";
import { demoKeys, world, type World } from "./world.ts";

const part = (body: string, name: string): string => new RegExp(`<${name}>([^<]*)`).exec(body)?.[1] ?? "";
const rds = { service: "rds" };
const iam = { service: "iam", region: "us-east-1", url: "https://iam.amazonaws.com/" };

/** Follows a list to its end, so many at a time. */
async function pages(
  one: World,
  form: Record<string, string>,
  token: string,
  asked: { service: string },
): Promise<string[]> {
  const bodies: string[] = [];
  for (let next = ""; bodies.length < 100;) {
    const { body } = await one.ask({ ...asked, form: { ...form, ...(next && { [token]: next }) } });
    bodies.push(body);
    next = part(body, token === "NextToken" ? "nextToken" : token);
    if (next === "") return bodies;
  }
  throw new Error("the list does not end");
}

describe("paging", () => {
  it("covers every item once", async ({ expect }) => {
    const one = world();
    await one.arrange({ resources: 1_500 });
    const ids = (bodies: string[], name: string) =>
      bodies.flatMap((body) => body.match(new RegExp(`<${name}>[^<]*`, "g")) ?? []);
    const volumes = { Action: "DescribeVolumes", MaxResults: "7" };
    const split = await pages(one, volumes, "NextToken", { service: "ec2" });
    const whole = await pages(one, { Action: "DescribeVolumes" }, "NextToken", { service: "ec2" });
    expect(split.length).toBeGreaterThan(3);
    expect(ids(split, "createTime")).toHaveLength(ids(whole, "createTime").length);
    expect(new Set(ids(split, "volumeId"))).toEqual(new Set(ids(whole, "volumeId")));
    const databases = await pages(one, { Action: "DescribeDBInstances", MaxRecords: "20" }, "Marker", rds);
    expect(new Set(ids(databases, "DBInstanceArn")).size).toBe(ids(databases, "DBInstanceArn").length);
    const details = { Action: "GetAccountAuthorizationDetails", MaxItems: "3" };
    const users = await pages(one, details, "Marker", iam);
    expect(users.map((body) => part(body, "IsTruncated"))).toEqual([...users.slice(1).map(() => "true"), "false"]);
    expect(new Set(ids(users, "UserName")).size).toBe(ids(users, "UserName").length);
  });

  it("400: refuses sizes AWS refuses, and a token of another list", async ({ expect }) => {
    const one = world();
    const volumes = { Action: "DescribeVolumes", MaxResults: "5" };
    const { body } = await one.ask({ service: "ec2", form: volumes });
    const NextToken = part(body, "nextToken");
    const code = async (form: Record<string, string>) => part((await one.ask({ service: "ec2", form })).body, "Code");
    expect(await code({ ...volumes, MaxResults: "4" })).toBe("InvalidParameterValue");
    expect(await code({ Action: "DescribeSnapshots", NextToken })).toBe("InvalidNextToken");
  });
});

describe("operations", () => {
  it("lists EC keys of certificates only when asked for", async ({ expect }) => {
    const { simulator } = world();
    const place = { fetcher: simulator, awsAccountId: "111122223333", region: "eu-west-1" };
    const aws = createAws({ ...place, credentials: fixedCredentials(demoKeys) }).caller();
    const list = async (input: object) =>
      JSON.stringify(await aws.call({ service: "acm", action: "ListCertificates" }, { ...input }));
    expect(await list({})).not.toContain("EC_prime256v1");
    expect(await list({ Includes: { keyTypes: ["EC_prime256v1"] } })).toContain("EC_prime256v1");
  });

  it("gives a credential report with the root user in it", async ({ expect }) => {
    const { body } = await world().ask({ ...iam, form: { Action: "GetCredentialReport" } });
    const rows = atob(part(body, "Content")).split("\n");
    expect(rows[1]).toMatch(/^<root_account>,arn:aws:iam::111122223333:root,/);
    expect(rows).toHaveLength(7);
  });

  it("refuses what it does not know, and regions that are not enabled", async ({ expect }) => {
    const one = world();
    const unknown = await one.ask({ service: "ec2", form: { Action: "DescribeVpcPeeringConnections" } });
    expect(part(unknown.body, "Code")).toBe("InvalidAction");
    const closed = await one.ask({ service: "ec2", region: "ap-south-1", form: { Action: "DescribeVolumes" } });
    expect(part(closed.body, "Code")).toBe("AuthFailure");
  });

  it("sends a bucket's callers to its region", async ({ expect }) => {
    const one = world();
    const at = (region: string, name: string) =>
      one.ask({ service: "s3", region, url: `https://s3.${region}.amazonaws.com/${name}?versioning` });
    expect((await at("us-east-1", "cloudglass-us")).status).toBe(200);
    expect((await at("eu-west-1", "cloudglass-us")).body).toContain("PermanentRedirect");
    expect((await at("eu-west-1", "cloudglass-none")).body).toContain("NoSuchBucket");
  });
});

describe("control", () => {
  it("counts calls and forgets them", async ({ expect }) => {
    const one = world();
    const form = { Action: "DescribeVolumes" };
    await one.ask({ service: "ec2", form });
    await one.ask({ service: "ec2", form });
    const calls = async () => (await one.control("GET", "/accounts/111122223333/calls")).json();
    expect(await calls()).toEqual([{ service: "ec2", action: "DescribeVolumes", region: "eu-west-1", count: 2 }]);
    await one.control("DELETE", "/accounts/111122223333/calls");
    expect(await calls()).toEqual([]);
  });

  it("400: refuses settings it does not know; a reset brings the demo account back", async ({ expect }) => {
    const one = world();
    await expect(one.arrange({ resource: 5 })).rejects.toThrow("not settings");
    await one.arrange({ accessKeyId: "AKIAANOTHERKEY000000" });
    expect((await one.ask({ service: "ec2", form: { Action: "DescribeRegions" } })).status).toBe(401);
    await one.control("DELETE", "/accounts/111122223333");
    expect((await one.ask({ service: "ec2", form: { Action: "DescribeRegions" } })).status).toBe(200);
  });
});

describe("faults", () => {
  const form = { Action: "DescribeVolumes", MaxResults: "5" };
  const strike = async (fault: object) => {
    const one = world();
    await one.arrange({ faults: [{ service: "ec2", ...fault }] });
    return (more: object = {}) => one.ask({ service: "ec2", form: { ...form, ...more } });
  };

  it.for([
    ["throttle", 503, "RequestLimitExceeded"],
    ["deny", 403, "UnauthorizedOperation"],
    ["expire", 400, "RequestExpired"],
    ["unavailable", 503, "Unavailable"],
    ["error500", 500, "InternalError"],
  ] as const)("%s: answers %i %s", async ([kind, status, code], { expect }) => {
    const ask = await strike({ kind });
    expect(await ask()).toMatchObject({ status, body: expect.stringContaining(`<Code>${code}</Code>`) });
  });

  it("strikes after so many calls, so many times, and only what it names", async ({ expect }) => {
    const ask = await strike({ kind: "throttle", action: "DescribeVolumes", afterCalls: 1, times: 2 });
    const statuses = [await ask(), await ask({ Action: "DescribeImages" }), await ask(), await ask(), await ask()];
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 503, 503, 200]);
  });

  it("strikes by chance, the same calls each time", async ({ expect }) => {
    const run = async () => {
      const ask = await strike({ kind: "throttle", probability: 0.3, seed: 7 });
      const statuses: number[] = [];
      for (let call = 0; call < 40; call += 1) statuses.push((await ask()).status);
      return statuses;
    };
    const first = await run();
    expect(first.filter((status) => status === 503).length).toBeGreaterThan(4);
    expect(await run()).toEqual(first);
  });

  it("breaks pages and repeats tokens", async ({ expect }) => {
    const cut = await (await strike({ kind: "brokenPage" }))();
    expect(cut).toMatchObject({ status: 200, body: expect.not.stringContaining("</DescribeVolumesResponse>") });
    const ask = await strike({ kind: "repeatToken" });
    const NextToken = part((await ask()).body, "nextToken");
    expect(part((await ask({ NextToken })).body, "nextToken")).toBe(NextToken);
  });
});
