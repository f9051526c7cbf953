import { describe, it } from "vitest";
import { aboutIfThere } from "#alerts/items";
import { syncRule } from "#alerts/sync";
import { newId } from "#lib/id";
import { resourceRow, type Row } from "../modules/findings/world.ts";
import { AlertWorld, minutes } from "./world.ts";

const hour = 60 * minutes;
const day = 24 * hour;

/** How a kind of condition comes to hold for one thing, and ceases to. */
interface Life {
  readonly condition: (world: AlertWorld) => Promise<Record<string, unknown>> | Record<string, unknown>;
  readonly begin: (world: AlertWorld) => Promise<unknown>;
  readonly end: (world: AlertWorld) => Promise<unknown>;
  readonly item: Record<string, unknown>;
  readonly summary: RegExp;
}

const set = (table: string, values: Row) => async (world: AlertWorld) =>
  world.env.DB.prepare(
    `UPDATE ${table} SET ${Object.keys(values)
      .map((column, n) => `${column} = ?${n + 2}`)
      .join(", ")} WHERE org_id = ?1`,
  )
    .bind(world.orgId, ...Object.values(values))
    .run();

const addFindings = async (world: AlertWorld): Promise<void> => {
  await world.open(await world.findings(4, { severity: "low", severity_rank: 0, type: "orphaned_volume" }), null);
};
const clearFindings = async (world: AlertWorld): Promise<void> => {
  const rows = await world.rows<{ id: string }>("SELECT id FROM findings WHERE org_id = ?1");
  await world.status(
    rows.map(({ id }) => ({ id, row: {} })),
    "resolved",
  );
};

const verdicts = (pass: number, fail: number) => async (world: AlertWorld) => {
  await world.env.DB.prepare("DELETE FROM daily_verdicts WHERE org_id = ?1").bind(world.orgId).run();
  const checks = JSON.stringify({
    s3_bucket_public_access: { pass, fail, unknown: 0 },
    iam_user_no_mfa: { pass, fail, unknown: 0 },
  });
  await world.insert("daily_verdicts", [
    { org_id: world.orgId, account_id: "", day: "2026-11-23", checks, updated_at: world.now.toISOString() },
  ]);
};

const policyId = newId();
const evaluated = (result: "pass" | "fail") => async (world: AlertWorld) => {
  const [account] = world.accounts;
  const [known] = await world.rows<{ id: string }>("SELECT id FROM policies WHERE org_id = ?1");
  const now = world.now.toISOString();
  if (!known) {
    await world.insert("policies", [
      {
        org_id: world.orgId,
        id: policyId,
        name: "Gate",
        description: "",
        enabled: 1,
        conditions: "[]",
        version: 1,
        created_at: now,
        updated_at: now,
      },
    ]);
    await set("accounts", { last_scan_id: "scan-1" })(world);
  }
  await world.insert("evaluations", [
    {
      ...{
        org_id: world.orgId,
        id: newId(),
        policy_id: policyId,
        policy_version: 1,
        policy_name: "Gate",
        scan_id: "scan-1",
      },
      ...{ account_id: account?.id ?? "", trigger: "scan", result, conditions: "[]", created_at: now },
    },
  ]);
};

const lives: Readonly<Record<string, Life>> = {
  open_findings: {
    condition: () => ({ kind: "open_findings", filter: { type: ["orphaned_volume"], severity: ["low"] }, moreThan: 3 }),
    begin: addFindings,
    end: clearFindings,
    item: { kind: "organization", id: "" },
    summary: /^4 findings match; 3 are accepted\.$/,
  },
  "open_findings by a counter": {
    condition: () => ({ kind: "open_findings", filter: { type: ["orphaned_volume"] }, moreThan: 3 }),
    begin: addFindings,
    end: clearFindings,
    item: { kind: "organization", id: "" },
    summary: /^4 findings match/,
  },
  score_below: {
    condition: () => ({ kind: "score_below", framework: "cis_aws_3.0", score: 50 }),
    begin: verdicts(1, 9),
    end: verdicts(9, 1),
    item: { kind: "framework", id: "cis_aws_3.0" },
    summary: /^The score is 10; 50 is asked for\.$/,
  },
  expiring: {
    condition: () => ({ kind: "expiring", withinDays: 30, kinds: ["secret"] }),
    begin: async (world) => {
      const expires = new Date(world.now.getTime() + 29 * day).toISOString();
      const thing = { resource_type: "AWS::SecretsManager::Secret", name: "db/password", expires_at: expires };
      await world.insert("resources", [
        await resourceRow(world.orgId, world.accounts[0] ?? {}, 1, thing),
        await resourceRow(world.orgId, world.accounts[0] ?? {}, 2, { ...thing, resource_type: "AWS::KMS::Key" }),
        await resourceRow(world.orgId, world.accounts[0] ?? {}, 3, {
          ...thing,
          expires_at: new Date(world.now.getTime() + 31 * day).toISOString(),
        }),
      ]);
    },
    end: set("resources", { expires_at: "2027-12-01T00:00:00.000Z" }),
    item: { kind: "resource", title: "db/password", accountName: "Account 0", awsAccountId: "111111111111" },
    summary: /^secret ends on 2026-12-22\.$/,
  },
  spend_over: {
    condition: () => ({ kind: "spend_over", usd: 100 }),
    begin: set("accounts", { monthly_spend: 250.5 }),
    end: set("accounts", { monthly_spend: 100 }),
    item: { kind: "organization", id: "" },
    summary: /^250\.5 USD in 30 days; 100 USD is accepted\.$/,
  },
  "spend_over of an account": {
    condition: (world) => ({ kind: "spend_over", usd: 100, accountId: world.accounts[0]?.["aws_account_id"] }),
    begin: set("accounts", { monthly_spend: 250.5 }),
    end: set("accounts", { monthly_spend: 0 }),
    item: { kind: "account", title: "Account 0" },
    summary: /^250\.5 USD/,
  },
  scan_ended: {
    condition: () => ({ kind: "scan_ended", states: ["error"] }),
    begin: set("accounts", { last_scan_state: "error", last_error: "DENIED: let us in" }),
    end: set("accounts", { last_scan_state: "complete", last_error: null }),
    item: { kind: "account", title: "Account 0" },
    summary: /^The last scan failed: DENIED: let us in$/,
  },
  no_complete_scan: {
    condition: () => ({ kind: "no_complete_scan", hours: 24 }),
    begin: async () => undefined,
    end: async (world) => {
      const run = await world.run();
      await world.endScan(run.id, run.scans[0] ?? "");
    },
    item: { kind: "account", title: "Account 0" },
    summary: /^No scan has been complete in 24 hours\.$/,
  },
  policy_failed: {
    condition: () => ({ kind: "policy_failed" }),
    begin: evaluated("fail"),
    end: evaluated("pass"),
    item: { kind: "policy", title: "Gate" },
    summary: /^Failed by the last scan of Account 0\.$/,
  },
  webhook_failing: {
    condition: () => ({ kind: "webhook_failing", hours: 6 }),
    begin: async (world) => {
      const failing = new Date(world.now.getTime() - 7 * hour).toISOString();
      await world.channel({ name: null, url: "https://example.com/secret/path", failing_since: failing });
      await world.channel({ failing_since: new Date(world.now.getTime() - hour).toISOString() });
    },
    end: set("webhooks", { failing_since: null }),
    item: { kind: "webhook", title: "https://example.com" },
    summary: /^Has failed since 2026-11-23/,
  },
};

describe("a rule that looks at how things are", () => {
  for (const [name, { condition, begin, end, item, summary }] of Object.entries(lives)) {
    it(`fires once, resolves by itself and fires again: ${name}`, async ({ expect }) => {
      const world = await new AlertWorld().make();
      const channel = await world.channel();
      if (name !== "no_complete_scan") {
        await world.rule({ condition: await condition(world), channels: [channel], windowMinutes: 60 });
        await world.evaluate();
        expect(await world.told()).toEqual([]);
        world.advance(minutes);
        await begin(world);
        await world.look();
      } else {
        await world.rule({ condition: await condition(world), channels: [channel], windowMinutes: 60 });
        await world.evaluate();
      }
      const [first] = await world.told();
      expect(first).toMatchObject({
        name: "alert.triggered",
        message: { fresh: 1, active: 1, items: [item, ...(first?.message.items.slice(1) ?? [])] },
      });
      expect(first?.message.items[0]?.summary).toMatch(summary);
      for (let n = 0; n < 3; n += 1) {
        world.advance(hour);
        await world.evaluate();
      }
      expect(await world.told()).toHaveLength(1);
      await end(world);
      await world.look();
      expect((await world.alerts()).map(({ status, resolvedBy }) => [status, resolvedBy])).toEqual([
        ["resolved", "system"],
      ]);
      expect((await world.told()).map((one) => one.name)).toEqual(["alert.triggered", "alert.resolved"]);
      if (name === "no_complete_scan") world.advance(25 * hour);
      else {
        world.advance(minutes);
        await (name === "expiring"
          ? set("resources", { expires_at: "2026-12-01T00:00:00.000Z" })(world)
          : name.startsWith("open_findings")
            ? addFindings(world)
            : name === "webhook_failing"
              ? set("webhooks", { status: "disabled", disabled_reason: "It answered 410" })(world)
              : begin(world));
      }
      await world.look();
      expect((await world.alerts()).map(({ status }) => status)).toEqual(["resolved", "open"]);
    });
  }

  it("is not resolved by what cannot be judged: a score without verdicts, a bill that is not seen", async ({
    expect,
  }) => {
    const world = await new AlertWorld().make();
    const channels = [await world.channel()];
    await world.rule({ condition: { kind: "score_below", framework: "cis_aws_3.0", score: 50 }, channels });
    await world.rule({ condition: { kind: "spend_over", usd: 100 }, channels });
    const bill = (at: string, total: number) =>
      world.insert("daily_costs", [
        {
          ...{ org_id: world.orgId, account_id: world.accounts[0]?.id ?? "", day: at, currency: "USD", total },
          ...{ services: "{}", estimated: 0, updated_at: "" },
        },
      ]);
    await verdicts(1, 9)(world);
    await bill("2026-11-20", 250);
    await set("accounts", { monthly_spend: 250, last_scan_at: "2026-11-22T10:00:00.000Z" })(world);
    await world.look();
    const states = async () => (await world.alerts()).map(({ status }) => status);
    expect(await states()).toEqual(["open", "open"]);
    await verdicts(0, 0)(world);
    await set("accounts", { monthly_spend: 50, last_scan_at: "2026-11-24T10:00:00.000Z" })(world);
    await world.look();
    await set("accounts", { monthly_spend: null })(world);
    await world.look();
    expect(await states()).toEqual(["open", "open"]);
    await verdicts(9, 1)(world);
    await bill("2026-11-23", 1);
    await world.look();
    expect(await states()).toEqual(["resolved", "resolved"]);
  });

  it("does not tell of what cannot be judged any more, though it was seen before", async ({ expect }) => {
    const world = await new AlertWorld().make();
    const channels = [await world.channel()];
    const rule = await world.rule({
      condition: { kind: "score_below", framework: "cis_aws_3.0", score: 50 },
      channels,
    });
    await verdicts(1, 9)(world);
    const org = world.context();
    expect(await syncRule(org, rule.id, await aboutIfThere(org))).toHaveLength(1);
    await verdicts(0, 0)(world);
    await world.look();
    expect(await world.told()).toEqual([]);
    await verdicts(1, 9)(world);
    await world.look();
    expect(await world.told()).toHaveLength(1);
  });

  it("goes back to an account's or a tag's owner, too", async ({ expect }) => {
    const world = await new AlertWorld().make(2);
    const [fallback, own] = [await world.channel(), await world.channel()];
    const route = { by: "account", channels: { [world.accounts[1]?.id ?? ""]: [own] } };
    await world.rule({ condition: { kind: "scan_ended", states: ["partial", "error"] }, channels: [fallback], route });
    await set("accounts", { last_scan_state: "partial" })(world);
    await world.evaluate();
    const told = await world.told();
    expect(Object.fromEntries(told.map(({ message, to }) => [message.group ?? "", to.map(({ id }) => id)]))).toEqual({
      "": [fallback],
      [world.accounts[1]?.id ?? ""]: [own],
    });
  });

  it("looks at a thousand things, and says when there are more", async ({ expect }) => {
    const world = await new AlertWorld().make();
    await world.rule({ condition: { kind: "expiring", withinDays: 30 }, channels: [await world.channel()] });
    const many = await Promise.all(
      Array.from({ length: 1_200 }, (_, n) =>
        resourceRow(world.orgId, world.accounts[0] ?? {}, n, { expires_at: "2026-12-01T00:00:00.000Z" }),
      ),
    );
    await world.insert("resources", many);
    await world.evaluate();
    const [only] = await world.told();
    expect(only?.message).toMatchObject({ fresh: 1_000, omitted: 990 });
    expect(only?.message.summary).toMatch(/^More than 1,000 things that end/);
  });
});
