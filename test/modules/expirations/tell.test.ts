import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { systemContext, type OrgContext } from "#db/context";
import type { EventName } from "#db/outbox";
import { newId } from "#lib/id";
import { tellOfExpirations } from "#modules/expirations";
import { disconnectAccount } from "../../../src/modules/accounts/disconnect.ts";
import { tellOrganization } from "../../../src/modules/expirations/tell.ts";
import { eventSamples } from "../../../src/modules/webhooks/event-samples.ts";
import { eventComplaints } from "../../support/openapi.ts";
import { shapeOf } from "../../support/shape.ts";
import type { TestOrg } from "../../support/org.ts";
import { insertRows, makeWorld, resourceRow, rowsOf, type Row } from "../findings/world.ts";

const dayMs = 86_400_000;
const start = Date.UTC(2032, 5, 1, 12);

const contextAt = (org: TestOrg, days: number): OrgContext =>
  systemContext(env, { orgId: org.id, shard: 0 }, new Date(start + days * dayMs), () => {});

const listen = (org: TestOrg, events: readonly string[], more: Row = {}): Promise<void> =>
  insertRows("webhooks", [
    {
      org_id: org.id,
      id: newId(),
      url: "https://hooks.example.com/x",
      events: JSON.stringify(events),
      secret: "sealed",
      status: "enabled",
      busy_until: "2999-01-01T00:00:00.000Z",
      version: 1,
      created_at: "",
      updated_at: "",
      ...more,
    },
  ]);

/** Things that end so many days after the start. */
async function ending(org: TestOrg, account: Row, type: string, days: readonly number[], first = 0): Promise<string[]> {
  const rows = await Promise.all(
    days.map((day, n) =>
      resourceRow(org.id, account, 5_000 + first + n, {
        resource_type: type,
        expires_at: new Date(start + day * dayMs).toISOString(),
      }),
    ),
  );
  await insertRows("resources", rows);
  return rows.map(({ id }) => id);
}

interface Told {
  readonly names: readonly string[];
  readonly withinDays: number;
  readonly expiring: readonly { readonly resourceId: string; readonly kind: string; readonly daysLeft: number }[];
}

async function toldTo(org: TestOrg): Promise<Told[]> {
  return (await rowsOf("events", org.id)).map((row) => ({
    names: JSON.parse(String(row["names"])) as string[],
    ...(JSON.parse(String(row["data"])) as Omit<Told, "names">),
  }));
}

const certificate = "AWS::CertificateManager::Certificate";
const secret = "AWS::SecretsManager::Secret";

describe("what ends", () => {
  it("is told 30, 14, 7 and 1 days before, each once, however often and side by side it is looked for", async ({
    expect,
  }) => {
    const { org, accounts } = await makeWorld(0, 0);
    await listen(org, ["*"]);
    const [id = ""] = await ending(org, accounts[0] ?? {}, certificate, [40]);
    const seen: [number, number][] = [];
    for (let day = 0; day <= 42; day += 0.5) {
      const before = (await rowsOf("events", org.id)).length;
      await Promise.all([tellOrganization(contextAt(org, day)), tellOrganization(contextAt(org, day))]);
      await tellOrganization(contextAt(org, day - 0.01));
      const told = await toldTo(org);
      if (told.length > before) seen.push([day, Math.max(...told.map(({ withinDays }) => -withinDays)) * -1]);
    }
    expect(seen).toEqual([
      [10, 30],
      [26, 14],
      [33, 7],
      [39, 1],
    ]);
    const told = await toldTo(org);
    expect(told).toHaveLength(4);
    expect(
      told.every(({ names, expiring }) => names[0] === "certificate.expiring" && expiring[0]?.resourceId === id),
    ).toBe(true);
    await ending(org, accounts[0] ?? {}, certificate, [60], 800);
    await tellOrganization(contextAt(org, 42));
    expect((await rowsOf("expiry_notices", org.id)).map(({ days }) => days)).toEqual([30]);
  });

  it("is told together by account, day and threshold, fifty at most, and by the name of its kind", async ({
    expect,
  }) => {
    const { org, accounts } = await makeWorld(0, 0);
    await listen(org, ["secret.*", "certificate.expiring"]);
    const many = Array.from({ length: 120 }, () => 20);
    const secrets = await ending(org, accounts[0] ?? {}, secret, many);
    const others = await ending(org, accounts[1] ?? {}, "AWS::IAM::AccessKey", [20, 5], 500);
    const certificates = await ending(org, accounts[0] ?? {}, "AWS::IAM::ServerCertificate", [20], 600);
    await ending(org, accounts[0] ?? {}, "AWS::Route53Domains::Domain", [20], 700);
    await tellOrganization(contextAt(org, 0));
    const told = await toldTo(org);
    const idsOf = (events: readonly Told[]) =>
      events.flatMap(({ expiring }) => expiring.map(({ resourceId }) => resourceId));
    expect(idsOf(told).toSorted()).toEqual([...secrets, ...others, ...certificates].toSorted());
    expect(Math.max(...told.map(({ expiring }) => expiring.length))).toBeLessThanOrEqual(50);
    expect(idsOf(told.filter(({ names }) => names[0] === "certificate.expiring"))).toEqual(certificates);
    expect(told.filter(({ withinDays }) => withinDays === 7)).toMatchObject([
      { names: ["secret.expiring"], expiring: [{ resourceId: others[1], kind: "access_key", daysLeft: 5 }] },
    ]);
    expect(new Set(told.flatMap(({ withinDays }) => withinDays))).toEqual(new Set([30, 7]));
  });

  it("is told to webhooks that filter by its account, as their test shows it", async ({ expect }) => {
    const { org, accounts } = await makeWorld(0, 0);
    const ids = accounts.slice(0, 2).map((account) => account["id"] ?? null);
    for (const id of ids) await listen(org, ["*"], { id, account_ids: JSON.stringify([id]) });
    await ending(org, accounts[1] ?? {}, certificate, [20]);
    await ending(org, accounts[1] ?? {}, secret, [20], 50);
    await tellOrganization(contextAt(org, 0));
    const told = await rowsOf("deliveries", org.id);
    expect(told.map(({ webhook_id: id, event }) => [id, event]).toSorted()).toEqual([
      [ids[1], "certificate.expiring"],
      [ids[1], "secret.expiring"],
    ]);
    for (const { names, ...data } of await toldTo(org)) {
      expect(shapeOf(data)).toEqual(shapeOf(eventSamples[names[0] as EventName]));
      expect(eventComplaints(names[0] ?? "", data)).toEqual([]);
    }
  });

  it("is not told of an account that was disconnected", async ({ expect }) => {
    const { org, accounts } = await makeWorld(0, 0);
    await listen(org, ["*"]);
    const [gone = {}, kept = {}]: readonly Row[] = accounts;
    await ending(org, gone, secret, [20]);
    const [left] = await ending(org, kept, secret, [20], 50);
    await disconnectAccount(contextAt(org, 0), { id: String(gone["id"]), ifMatch: null });
    await tellOrganization(contextAt(org, 0));
    expect((await toldTo(org)).flatMap(({ expiring }) => expiring?.map(({ resourceId }) => resourceId) ?? [])).toEqual([
      left,
    ]);
  });

  it("is told when it is found late, when its date changes, and when somebody begins to listen", async ({ expect }) => {
    const { org, accounts } = await makeWorld(0, 0);
    await ending(org, accounts[0] ?? {}, secret, [3]);
    const [moved = ""] = await ending(org, accounts[0] ?? {}, certificate, [25], 50);
    await tellOrganization(contextAt(org, 0));
    expect(await toldTo(org)).toEqual([]);
    await listen(org, ["certificate.expiring"]);
    await tellOrganization(contextAt(org, 0));
    expect((await toldTo(org)).map(({ withinDays }) => withinDays)).toEqual([30]);
    await listen(org, ["*"]);
    await tellOrganization(contextAt(org, 0));
    expect((await toldTo(org)).map(({ withinDays }) => withinDays).toSorted()).toEqual([30, 7]);
    await env.DB.prepare("UPDATE resources SET expires_at = ?3 WHERE org_id = ?1 AND id = ?2")
      .bind(org.id, moved, new Date(start + 29 * dayMs).toISOString())
      .run();
    await tellOrganization(contextAt(org, 0));
    await tellOrganization(contextAt(org, 0));
    expect((await toldTo(org)).map(({ withinDays }) => withinDays).toSorted()).toEqual([30, 30, 7]);
  });

  it("is looked for once an hour in each organization, and costs nothing where nobody listens", async ({ expect }) => {
    const { org, accounts } = await makeWorld(0, 0);
    await ending(org, accounts[0] ?? {}, certificate, [5]);
    const context = contextAt(org, 0);
    await tellOrganization(context);
    expect(context.db.meter.rowsWritten).toBe(0);
    await listen(org, ["*"]);
    for (let minutes = 9; minutes < 60; minutes += 10) {
      await tellOfExpirations(env, new Date(start + minutes * 60_000), () => {});
    }
    expect(await toldTo(org)).toHaveLength(1);
  });
});
