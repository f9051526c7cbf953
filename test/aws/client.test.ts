import { describe, it, vi } from "vitest";
import type { Operation } from "#aws/caller";
import { AwsFault } from "#aws/fault";
import { enabledRegions } from "#aws/enabled-regions";
import { createLimiter, createPacer } from "#aws/limiter";
import { accountOf, assumeRole, assumeRoleWithWebIdentity } from "#aws/sts";
import { bodyOf, ec2Error, fakeAws, keys, temporary, xml } from "./fake-aws.ts";

const volumes = {
  service: "ec2",
  action: "DescribeVolumes",
  paging: { token: "NextToken", next: "nextToken", limit: ["MaxResults", 500] },
} as const satisfies Operation;
const good = () => xml("<R><ok>1</ok></R>");
const page = (token: string) => xml(`<R><volumeSet/><nextToken>${token}</nextToken></R>`);
const turn = () => new Promise<void>((resolve) => queueMicrotask(resolve));
const turns = () => new Promise<void>((resolve) => setTimeout(resolve, 1));

async function all(pages: AsyncIterable<unknown>): Promise<unknown[]> {
  const seen: unknown[] = [];
  for await (const one of pages) seen.push(one);
  return seen;
}

describe("a call", () => {
  it("is tried again when throttled, lost or answered 5xx, with growing pauses, and then succeeds", async ({
    expect,
  }) => {
    const troubles = [
      () => ec2Error("RequestLimitExceeded", 503),
      () => ec2Error("Throttling", 400),
      () => xml("", 500),
      () => Promise.reject(new TypeError("network")),
    ];
    const { caller, requests, sleeps } = fakeAws((_, at) => troubles[at]?.() ?? good());
    expect(await caller.call(volumes)).toEqual({ ok: "1" });
    expect(requests).toHaveLength(5);
    expect(sleeps).toEqual([100, 200, 400, 800]);
  });

  it("is tried 6 times at most; throttling stays throttling and 5xx broken", async ({ expect }) => {
    const cases = [
      [() => ec2Error("Throttling", 400), "throttled"],
      [() => xml("", 503), "broken"],
      [() => Promise.reject(new TypeError("network")), "broken"],
    ] as const;
    for (const [answer, kind] of cases) {
      const { caller, requests } = fakeAws(answer);
      await expect(caller.call(volumes)).rejects.toMatchObject({
        kind,
        action: "DescribeVolumes",
        region: "eu-west-1",
      });
      expect(requests).toHaveLength(6);
    }
  });

  it("is not tried again when denied", async ({ expect }) => {
    const { caller, requests } = fakeAws(() => ec2Error("UnauthorizedOperation", 403));
    await expect(caller.call(volumes)).rejects.toMatchObject({
      kind: "denied",
      iamAction: "ec2:DescribeVolumes",
      status: 403,
    });
    expect(requests).toHaveLength(1);
  });

  it("gets through when a tenth of all requests is throttled", async ({ expect }) => {
    const { caller, requests } = fakeAws((_, at) => (at % 10 === 3 ? ec2Error("RequestLimitExceeded", 503) : good()));
    await Promise.all(Array.from({ length: 500 }, () => caller.call(volumes)));
    expect(requests.length).toBeGreaterThan(500);
    expect(requests.length).toBeLessThan(570);
  });

  it("never waits beside more than five others, and pauses hold no place", async ({ expect }) => {
    let waiting = 0;
    let highest = 0;
    const answer = async (_: Request, at: number) => {
      highest = Math.max(highest, (waiting += 1));
      await turns();
      waiting -= 1;
      return at % 7 === 0 ? xml("", 503) : good();
    };
    const limiter = createLimiter();
    const two = [fakeAws(answer, { limiter }), fakeAws(answer, { limiter })];
    await Promise.all(two.flatMap(({ caller }) => Array.from({ length: 60 }, () => caller.call(volumes))));
    expect(highest).toBe(6);
  });

  it("leaves its place also when it fails", async ({ expect }) => {
    const limiter = createLimiter(1);
    await expect(limiter.run(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await limiter.run(async () => 1)).toBe(1);
  });

  it("leaves no faster than its service's pace", async ({ expect }) => {
    let now = 0;
    const sleeps: number[] = [];
    const pacer = createPacer({ perSecond: 10, burst: 2, clock: () => now, sleep: async (ms) => void sleeps.push(ms) });
    for (let n = 0; n < 5; n += 1) await pacer.ready("ec2");
    await pacer.ready("s3");
    now = 10_000;
    await pacer.ready("ec2");
    expect(sleeps).toEqual([100, 200, 300]);
  });

  it("is made once for all who share it, and told apart by input and region", async ({ expect }) => {
    const { aws, caller, requests } = fakeAws(good);
    const other = aws.caller();
    await Promise.all([caller.shared(volumes, { a: 1, b: 2 }), other.shared(volumes, { b: 2, a: 1 })]);
    expect(requests).toHaveLength(1);
    await caller.shared(volumes, { a: 1, b: 3 });
    await caller.shared(volumes, { a: 1, b: 2 }, { region: "us-east-1" });
    expect(requests).toHaveLength(3);
  });

  it("whose absence is an answer: null if AWS says so, undefined and a gap if it could not be read", async ({
    expect,
  }) => {
    const codes = ["NoSuchBucketPolicy", "AccessDenied", "NoSuchBucket"];
    const { caller, gaps } = fakeAws((_, at) => xml(`<Error><Code>${codes[at]}</Code></Error>`, at === 1 ? 403 : 404));
    const policy = { service: "s3", action: "GetBucketPolicy", path: "/{Bucket}?policy" } as const;
    const ask = () => caller.attempt(policy, { Bucket: "b" }, ["NoSuchBucketPolicy"]);
    expect(await ask()).toBeNull();
    expect(gaps).toEqual([]);
    expect(await ask()).toBeUndefined();
    expect(await ask()).toBeUndefined();
    expect(gaps.map(({ kind, code }) => [kind, code])).toEqual([
      ["denied", "AccessDenied"],
      ["missing", "NoSuchBucket"],
    ]);
  });

  it("that hangs is given up after 15 s and tried again", async ({ expect }) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const hangs = (request: Request) =>
        new Promise<Response>((_, reject) =>
          request.signal.addEventListener("abort", () => reject(request.signal.reason)),
        );
      const { caller, requests } = fakeAws((request, at) => (at === 0 ? hangs(request) : good()));
      const called = caller.call(volumes);
      while (requests.length === 0) await scheduler.wait(1);
      vi.advanceTimersByTime(14_999);
      await turn();
      expect(requests).toHaveLength(1);
      vi.advanceTimersByTime(1);
      expect(await called).toEqual({ ok: "1" });
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it("for a region we do not know is not sent", async ({ expect }) => {
    const { caller, requests } = fakeAws(good);
    await expect(caller.call(volumes, {}, { region: "x.evil.com/#" })).rejects.toMatchObject({
      kind: "unavailable",
      code: "NOT_SENT",
    });
    expect(requests).toEqual([]);
  });
});

describe("credentials", () => {
  it("that expired are renewed once for all calls, and every call goes through", async ({ expect }) => {
    let renewals = 0;
    let now = keys;
    const renew = async () => ((renewals += 1), await turns(), (now = temporary));
    const credentials = { current: async () => now, renew };
    const answer = (request: Request) =>
      request.headers.has("x-amz-security-token") ? good() : ec2Error("ExpiredToken", 400);
    const { caller } = fakeAws(answer, { credentials });
    await Promise.all(Array.from({ length: 30 }, () => caller.call(volumes)));
    expect(renewals).toBe(1);
  });

  it("that expire again end in a fault, not in a loop", async ({ expect }) => {
    const { caller, requests } = fakeAws(() => ec2Error("ExpiredToken", 400));
    await expect(caller.call(volumes)).rejects.toMatchObject({ kind: "expired" });
    expect(requests).toHaveLength(2);
  });

  it("are renewed when EC2 says RequestExpired although the clocks agree", async ({ expect }) => {
    let renewals = 0;
    const credentials = { current: async () => keys, renew: async () => ((renewals += 1), keys) };
    const date = new Date().toUTCString();
    const { caller } = fakeAws((_, at) => (at === 0 ? ec2Error("RequestExpired", 400, "", { date }) : good()), {
      credentials,
    });
    expect(await caller.call(volumes)).toEqual({ ok: "1" });
    expect(renewals).toBe(1);
  });

  it("are asked for once by calls that begin together, even when getting them takes a place of the same limiter", async ({
    expect,
  }) => {
    const limiter = createLimiter(2);
    let entered = 0;
    const current = () => limiter.run(async () => ((entered += 1), await turns(), keys));
    const { caller } = fakeAws(good, { limiter, credentials: { current, renew: current } });
    await Promise.all(Array.from({ length: 10 }, () => caller.call(volumes)));
    expect(entered).toBe(1);
  });

  it("that cannot be renewed give the fault of the renewal", async ({ expect }) => {
    const renew = () => Promise.reject(new RangeError("no"));
    const { caller } = fakeAws(() => ec2Error("ExpiredToken", 400), {
      credentials: { current: async () => keys, renew },
    });
    await expect(caller.call(volumes)).rejects.toThrow("no");
  });
});

describe("a wrong clock", () => {
  const clock = () => Date.UTC(2026, 10, 21, 12);
  const real = new Date(Date.UTC(2026, 10, 21, 13)).toUTCString();

  it("is corrected once from the Date header and stays corrected", async ({ expect }) => {
    const answer = (request: Request) =>
      request.headers.get("x-amz-date") === "20261121T130000Z"
        ? good()
        : ec2Error("RequestExpired", 400, "", { date: real });
    const { caller, requests } = fakeAws(answer, { clock });
    await caller.call(volumes);
    await caller.call(volumes);
    expect(requests).toHaveLength(3);
  });

  it("that cannot be corrected ends in a fault", async ({ expect }) => {
    const { caller, requests } = fakeAws(() => ec2Error("RequestTimeTooSkewed", 403, "", { date: real }), { clock });
    await expect(caller.call(volumes)).rejects.toMatchObject({ kind: "skewed" });
    expect(requests).toHaveLength(2);
  });
});

describe("a list", () => {
  it("is read to its end, with the page size and the tokens AWS gave", async ({ expect }) => {
    const { caller, requests } = fakeAws((_, at) => page(at < 2 ? `t${at}` : ""));
    expect(await all(caller.pages(volumes, { Filter: [] }))).toHaveLength(3);
    const bodies = await Promise.all(requests.map(bodyOf));
    expect(bodies.map((body) => new URLSearchParams(body).get("NextToken"))).toEqual([null, "t0", "t1"]);
    expect(bodies.every((body) => body.includes("MaxResults=500"))).toBe(true);
  });

  it("that repeats a token is broken, not endless", async ({ expect }) => {
    for (const tokens of [["a"], ["a", "b"], ["a", "b", "c"]]) {
      const { caller, requests } = fakeAws((_, at) => page(tokens[at % tokens.length] ?? ""));
      await expect(all(caller.pages(volumes))).rejects.toMatchObject({ kind: "broken", code: "REPEATED_PAGE" });
      expect(requests).toHaveLength(tokens.length + 1);
    }
  });

  it("ends as broken after 10,000 pages", async ({ expect }) => {
    const { caller, requests } = fakeAws((_, at) => new Response(`{"NextToken":"${at}"}`));
    const list = {
      service: "acm",
      action: "ListCertificates",
      paging: { token: "NextToken", next: "NextToken" },
    } as const;
    await expect(all(caller.pages(list))).rejects.toMatchObject({ kind: "broken", code: "ENDLESS_LIST" });
    expect(requests).toHaveLength(10_000);
  });

  it("stops at IsTruncated false although a marker is there, in XML and JSON", async ({ expect }) => {
    const paging = { token: "Marker", next: "Marker", more: "IsTruncated" };
    const users = { service: "iam", action: "ListUsers", paging } as const;
    const inXml = fakeAws((_, at) => xml(`<R><IsTruncated>${at < 1}</IsTruncated><Marker>m${at}</Marker></R>`));
    expect(await all(inXml.caller.pages(users))).toHaveLength(2);
    const inJson = fakeAws((_, at) => new Response(JSON.stringify({ IsTruncated: at < 1, Marker: `m${at}` })));
    expect(await all(inJson.caller.pages({ ...users, service: "acm" }))).toHaveLength(2);
  });

  it("whose third page fails throws after two pages", async ({ expect }) => {
    const { caller } = fakeAws((_, at) => (at < 2 ? page(`t${at}`) : ec2Error("UnauthorizedOperation", 403)));
    const seen: unknown[] = [];
    const read = async () => {
      for await (const one of caller.pages(volumes)) seen.push(one);
    };
    await expect(read()).rejects.toBeInstanceOf(AwsFault);
    expect(seen).toHaveLength(2);
  });
});

describe("STS and regions", () => {
  const role = {
    arn: "arn:aws:iam::111122223333:role/a/Cloudglass",
    externalId: "e",
    sessionName: "cloudglass-1",
    durationSeconds: 900,
  };
  const assumed =
    "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>s</SecretAccessKey>" +
    "<SessionToken>t</SessionToken><Expiration>2026-11-21T13:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>";

  it("gives the temporary credentials of a role, asked with its external id", async ({ expect }) => {
    const requests: Request[] = [];
    const fetcher = { fetch: async (request: Request) => (requests.push(request.clone()), xml(assumed)) };
    const got = await assumeRole({ fetcher, region: "eu-west-1" }, keys, role);
    expect(got).toEqual({
      accessKeyId: "ASIA1",
      secretAccessKey: "s",
      sessionToken: "t",
      expiresAt: new Date("2026-11-21T13:00:00Z"),
    });
    expect(requests[0]?.url).toBe("https://sts.eu-west-1.amazonaws.com/");
    expect(await requests[0]?.text()).toContain("ExternalId=e&RoleSessionName=cloudglass-1&DurationSeconds=900");
  });

  it("says what the trust policy lacks when the role lets nobody in", async ({ expect }) => {
    const denied = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>m</Message></Error></ErrorResponse>";
    const fetcher = { fetch: async () => xml(denied, 403) };
    await expect(assumeRole({ fetcher, region: "eu-west-1" }, keys, role)).rejects.toMatchObject({
      kind: "denied",
      remedy: expect.stringContaining("external id") as unknown,
    });
  });

  const identity = {
    token: "header.claims.signature",
    issuer: "https://cloudglass.example",
    audience: "sts.amazonaws.com",
    subject: "org:o:account:a",
  };
  const refusal = (code: string, message = "m") =>
    `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;

  it("enters a role by a token in an unsigned form, and in nothing but its body", async ({ expect }) => {
    const requests: Request[] = [];
    const fetcher = {
      fetch: async (request: Request) => (
        requests.push(request.clone()),
        xml(assumed.replaceAll("AssumeRole", "AssumeRoleWithWebIdentity"))
      ),
    };
    const got = await assumeRoleWithWebIdentity({ fetcher, region: "eu-west-1" }, identity, role);
    expect(got).toMatchObject({ accessKeyId: "ASIA1", sessionToken: "t" });
    const [request] = requests;
    expect([request?.method, request?.url]).toEqual(["POST", "https://sts.eu-west-1.amazonaws.com/"]);
    expect([...(request?.headers.keys() ?? [])]).toEqual(["content-type"]);
    expect(Object.fromEntries(new URLSearchParams(request ? await bodyOf(request) : ""))).toEqual({
      Action: "AssumeRoleWithWebIdentity",
      Version: "2011-06-15",
      RoleArn: role.arn,
      RoleSessionName: "cloudglass-1",
      WebIdentityToken: identity.token,
      DurationSeconds: "900",
    });
  });

  it("says what the trust policy must hold when a token is refused, and tries again what may pass", async ({
    expect,
  }) => {
    const cases = [
      ["AccessDenied", "m", "denied", 1],
      ["InvalidIdentityToken", "Incorrect token audience", "denied", 1],
      ["IDPRejectedClaim", "m", "denied", 1],
      ["ExpiredTokenException", "m", "expired", 1],
      ["InvalidIdentityToken", "Couldn't retrieve verification key from your identity provider", "broken", 6],
      ["IDPCommunicationError", "m", "broken", 6],
    ] as const;
    for (const [code, message, kind, tries] of cases) {
      let asked = 0;
      const fetcher = { fetch: async () => ((asked += 1), xml(refusal(code, message), 400)) };
      const transport = { fetcher, region: "eu-west-1", sleep: async () => {} };
      const fault = await assumeRoleWithWebIdentity(transport, identity, role).catch(
        (error: unknown) => error as AwsFault,
      );
      expect(fault).toMatchObject({ kind, code, iamAction: "sts:AssumeRoleWithWebIdentity" });
      expect(asked).toBe(tries);
      expect(JSON.stringify([fault, (fault as Error).message, (fault as Error).stack])).not.toContain(identity.token);
      const { remedy } = fault as AwsFault;
      if (kind === "expired") expect(remedy).toContain("clock");
      if (kind === "broken") expect(remedy).toContain(`${identity.issuer}/.well-known/openid-configuration`);
      if (kind !== "denied") continue;
      for (const part of [
        "111122223333",
        identity.issuer,
        "cloudglass.example:aud",
        identity.audience,
        identity.subject,
      ]) {
        expect(remedy).toContain(part);
      }
    }
  });

  it("never shows a credential in what it throws", async ({ expect }) => {
    const leaks = [
      () => xml(assumed.replace("<Expiration>2026-11-21T13:00:00Z</Expiration>", "")),
      () => xml(assumed.replace("</Credentials>", "")),
      () => xml("", 500),
    ];
    for (const answer of leaks) {
      const fetcher = { fetch: async () => answer() };
      const error: unknown = await assumeRole(
        { fetcher, region: "eu-west-1", sleep: async () => {} },
        temporary,
        role,
      ).catch((e: unknown) => e);
      const shown =
        error instanceof Error ? `${error.message} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)}` : "";
      expect(shown).not.toBe("");
      for (const secret of ["ASIA1", temporary.secretAccessKey, String(temporary.sessionToken)])
        expect(shown).not.toContain(secret);
    }
  });

  it("tells the account credentials belong to", async ({ expect }) => {
    const who =
      "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>012345678901</Account><Arn>a</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>";
    expect(
      await accountOf({ fetcher: { fetch: async () => xml(who) }, region: "eu-west-1" }, keys, "012345678901"),
    ).toBe("012345678901");
  });

  it("lists the enabled regions we know, sorted", async ({ expect }) => {
    const { caller } = fakeAws(() =>
      xml(
        "<R><regionInfo><item><regionName>us-east-1</regionName></item><item><regionName>mars-1</regionName></item><item><regionName>ap-east-1</regionName></item></regionInfo></R>",
      ),
    );
    expect(await enabledRegions(caller)).toEqual(["ap-east-1", "us-east-1"]);
  });
});
