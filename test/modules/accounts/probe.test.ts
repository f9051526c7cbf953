import { createExecutionContext, createScheduledController, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { systemContext } from "#db/context";
import { probeAccount } from "#scans/probe";
import { probeDueAccounts } from "#scans/probe-due";
import worker from "../../../src/worker.ts";
import { api } from "../../support/api.ts";
import { scanOf } from "../../support/scan.ts";
import { accountRow, insertRows, quietOrg, rowsOf } from "../findings/world.ts";
import {
  accountRowOf,
  arrange,
  callsOf,
  connectRole,
  getAccount,
  newAwsAccountId,
  roleOf,
  withAws,
  type AccountData,
} from "./world.ts";

/** One tick of the cron jobs. */
async function tick(now = new Date()): Promise<void> {
  const ctx = createExecutionContext();
  await worker.scheduled(createScheduledController({ cron: "* * * * *", scheduledTime: now }), env, ctx);
  await waitOnExecutionContext(ctx);
}

async function probe(orgId: string, id: string): Promise<void> {
  const org = systemContext(env, { orgId, shard: 0 }, new Date(), () => undefined);
  await probeAccount(org, await accountRowOf(orgId, id));
}

/** Lets the operator assume the account's role with the external id it was told. */
const trust = (awsAccountId: string, { externalId }: AccountData, compares = "equals"): Promise<void> =>
  arrange(awsAccountId, { role: { arn: roleOf(awsAccountId), externalId, compares } });

describe("a new account", () => {
  it("turns ok by itself within a tick of its role being made", async ({ expect }) => {
    const org = await quietOrg();
    const awsAccountId = newAwsAccountId();
    const account = await connectRole(org, "role", awsAccountId);
    await tick();
    expect(await getAccount(org, account.id)).toMatchObject({
      status: "pending",
      connectedAt: null,
      lastError: expect.stringMatching(/^AccessDenied: Let the role's trust policy name Cloudglass/),
    });
    await trust(awsAccountId, account);
    await tick();
    const connected = await getAccount(org, account.id);
    expect(connected).toMatchObject({ status: "ok", lastError: null, connectedAt: expect.any(String) });
    // With the external id, without one and with a wrong one, once each; and never again.
    const asked = async () => (await callsOf(awsAccountId)).get("AssumeRole");
    const before = await asked();
    await tick(new Date(Date.now() + 60_000));
    expect([await asked(), await getAccount(org, account.id)]).toEqual([before, connected]);
  });

  it("is entered right after it was connected", async ({ expect }) => {
    const org = await quietOrg();
    const awsAccountId = newAwsAccountId();
    const keys = { accessKeyId: "AKIAPROBEDACCOUNT000", secretAccessKey: "ProbedSecretOfASimulatedAccount000000000" };
    await arrange(awsAccountId, keys);
    const { body } = await api(org.keys.admin).post<{ data: AccountData }>("/accounts", {
      name: "A",
      environment: "test",
      awsAccountId,
      credential: { method: "access_key", ...keys },
    });
    await expect.poll(async () => (await getAccount(org, body.data.id))["status"]).toBe("ok");
    const rotated = await api(org.keys.admin).patch<{ data: AccountData }>(`/accounts/${body.data.id}`, {
      credential: { method: "role", roleArn: roleOf(awsAccountId) },
    });
    expect(rotated.body.data).toMatchObject({ status: "pending", connectedAt: null, lastError: null });
    await trust(awsAccountId, rotated.body.data);
    await tick();
    expect(await getAccount(org, body.data.id)).toMatchObject({ status: "ok" });
  });

  it("is refused when the credentials are another account's", async ({ expect }) => {
    const org = await quietOrg();
    const [declared, actual] = [newAwsAccountId(), newAwsAccountId()];
    const keys = { accessKeyId: "AKIAANOTHERACCOUNT00", secretAccessKey: "AnotherSecretOfASimulatedAccount00000000" };
    await arrange(actual, keys);
    const { body } = await api(org.keys.admin).post<{ data: AccountData }>("/accounts", {
      name: "A",
      environment: "test",
      awsAccountId: declared,
      credential: { method: "access_key", ...keys },
    });
    await probe(org.id, body.data.id);
    expect(await getAccount(org, body.data.id)).toMatchObject({
      status: "error",
      connectedAt: null,
      lastError: `CONFLICT: These credentials belong to another AWS account than ${declared}.`,
    });
  });
});

describe("the external id", () => {
  it("is 128 random bits, ours and another one each time; another organization's never fits", async ({ expect }) => {
    const awsAccountId = newAwsAccountId();
    const [org, other] = [await quietOrg(), await quietOrg()];
    const [mine, theirs] = [
      await connectRole(org, "role", awsAccountId),
      await connectRole(other, "role", awsAccountId),
    ];
    expect(mine["externalId"]).toMatch(/^cg-[0-9a-f]{32}$/);
    expect(mine["externalId"]).not.toBe(theirs["externalId"]);
    await trust(awsAccountId, mine);
    await tick();
    const statuses = [(await getAccount(org, mine.id))["status"], (await getAccount(other, theirs.id))["status"]];
    expect(statuses).toEqual(["ok", "pending"]);
    await api(org.keys.admin).patch(`/accounts/${mine.id}`, { name: "Renamed" });
    expect((await accountRowOf(org.id, mine.id)).credential).toMatchObject({ externalId: mine["externalId"] });
  });

  it.for([
    ["equalsIfExists", "without an external id"],
    ["exists", "with a wrong external id"],
    ["nothing", "without an external id"],
  ] as const)(
    "must be demanded: a trust policy that compares %s is refused until it is mended",

    async ([compares, how], { expect }) => {
      const org = await quietOrg();
      const awsAccountId = newAwsAccountId();
      const account = await connectRole(org, "role", awsAccountId);
      await trust(awsAccountId, account, compares);
      await probe(org.id, account.id);
      const refused = await getAccount(org, account.id);
      expect([refused["status"], refused["connectedAt"]]).toEqual(["error", null]);
      expect(refused["lastError"]).toMatch(new RegExp(`^ROLE_UNGUARDED: The role lets Cloudglass in ${how}`));
      expect(refused["lastError"]).toContain("sts:ExternalId");
      expect(refused["lastError"]).not.toContain(account["externalId"]);
      const { scan } = await scanOf(org.keys.admin, account.id);
      expect(scan.status).toBe("error");
      expect((await callsOf(awsAccountId)).get("DescribeRegions")).toBeUndefined();
      await trust(awsAccountId, account);
      await tick();
      expect(await getAccount(org, account.id)).toMatchObject({ status: "ok", lastError: null });
    },
  );

  it("is not taken for demanded when AWS did not say so", async ({ expect }) => {
    const org = await quietOrg();
    const awsAccountId = newAwsAccountId();
    const account = await connectRole(org, "role", awsAccountId);
    await trust(awsAccountId, account, "nothing");
    // The trial calls are throttled, each as often as it is tried.
    const fault = { service: "sts", action: "AssumeRole", kind: "throttle", afterCalls: 1 };
    await arrange(awsAccountId, { faults: [fault] });
    await probe(org.id, account.id);
    expect(await getAccount(org, account.id)).toMatchObject({ status: "pending", connectedAt: null });
  });
});

describe("accounts that nobody has entered", () => {
  const denied = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>m</Message></Error></ErrorResponse>";

  it("are tried each minute for an hour, every ten for a day, hourly for a week, and then no more", async ({
    expect,
  }) => {
    const org = await quietOrg();
    const since = Date.parse("2025-03-01T10:20:30.400Z");
    const row = accountRow(org.id, newAwsAccountId(), {
      status: "pending",
      connected_at: null,
      created_at: new Date(since).toISOString(),
      updated_at: new Date(since).toISOString(),
    });
    await insertRows("accounts", [row]);
    let tried = 0;
    const deployment = withAws(async (request) => {
      const form = new TextDecoder().decode(await request.arrayBuffer());
      if (form.includes(`cloudglass-${row.id}`)) tried += 1;
      return new Response(denied, { status: 403 });
    });
    const triesIn = async (minutes: readonly number[]): Promise<number> => {
      tried = 0;
      for (const minute of minutes) {
        // Ticks come at whole minutes; the first one half a minute after the account was made.
        await probeDueAccounts(
          deployment,
          new Date(Math.ceil(since / 60_000) * 60_000 + minute * 60_000),
          () => undefined,
        );
      }
      return tried;
    };
    const from = (first: number, count: number): number[] => Array.from({ length: count }, (_, n) => first + n);
    expect(await triesIn(from(0, 60))).toBe(60);
    expect(await triesIn(from(60, 60))).toBe(6);
    expect(await triesIn(from(1_380, 60))).toBe(6);
    expect(await triesIn(from(1_440, 120))).toBe(2);
    expect(await triesIn(from(10_000, 60))).toBe(1);
    expect(await triesIn(from(10_080, 120))).toBe(0);
    expect(await rowsOf("accounts", org.id)).toMatchObject([
      { status: "pending", version: 1, updated_at: row["updated_at"] },
    ]);
  });

  it("are tried 50 a tick at most, and one whose row is broken stops no other", async ({ expect }) => {
    const org = await quietOrg();
    const since = new Date("2025-04-01T10:20:30.400Z").toISOString();
    const more = { status: "pending", connected_at: null, created_at: since, updated_at: since };
    const broken = { ...more, credential: JSON.stringify({ method: "role", roleArn: "none", externalId: "e" }) };
    const rows = Array.from({ length: 60 }, (_, n) =>
      accountRow(org.id, newAwsAccountId(), n % 10 === 0 ? broken : more),
    );
    await insertRows("accounts", rows);
    const tried = new Set<string>();
    const deployment = withAws(async (request) => {
      const form = new URLSearchParams(new TextDecoder().decode(await request.arrayBuffer()));
      tried.add(form.get("RoleArn") ?? "");
      return new Response(denied, { status: 403 });
    });
    await expect(probeDueAccounts(deployment, new Date("2025-04-01T10:21:00Z"), () => undefined)).rejects.toThrow(
      "ARN",
    );
    expect(tried.size).toBeGreaterThanOrEqual(44);
    expect(tried.size).toBeLessThanOrEqual(50);
    const marked = (await rowsOf("accounts", org.id)).filter((row) => row["last_error"] !== null);
    expect(marked).toHaveLength(tried.size);
  });

  it("keep what a newer credential made of them", async ({ expect }) => {
    const org = await quietOrg();
    const account = await connectRole(org, "role", newAwsAccountId());
    const stale = await accountRowOf(org.id, account.id);
    await api(org.keys.admin).patch(`/accounts/${account.id}`, { name: "Renamed" });
    const before = await getAccount(org, account.id);
    await probeAccount(
      systemContext(
        withAws(async () => new Response("", { status: 404 })),
        { orgId: org.id, shard: 0 },
        new Date(),
        () => undefined,
      ),
      stale,
    );
    expect(await getAccount(org, account.id)).toMatchObject({ status: "pending", lastError: before["lastError"] });
  });
});
