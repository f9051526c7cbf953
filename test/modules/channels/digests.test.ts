import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { alertTellings } from "#db/alert-telling";
import type { AlertMessage, DigestMessage } from "#db/values";
import { newId } from "#lib/id";
import { tellDigests } from "#modules/channels";
import { anAlert, anItem } from "../../support/alerts.ts";
import { eventComplaints } from "../../support/openapi.ts";
import { startReceiver } from "../../support/receiver.ts";
import { deliveriesOf } from "../webhooks/rows.ts";
import { changeChannel } from "../../../src/modules/channels/change.ts";
import type { Channel } from "../../../src/modules/channels/channel.ts";
import { newChannelWorld, nine, type ChannelWorld } from "./world.ts";

afterEach(() => vi.restoreAllMocks());

/** 08:00 in Berlin, of a day of its own for each test: what others left is not due. */
const morning = new Date("2026-03-13T07:00:00.000Z");
const due = new Date("2026-03-13T08:00:00.000Z");

async function gather(world: ChannelWorld, channel: Channel, alerts: readonly AlertMessage[]): Promise<void> {
  const org = world.org({ now: morning });
  for (const message of alerts) {
    const told = { eventId: newId(), name: "alert.triggered", message, channels: [channel] } as const;
    await org.db.atomic(alertTellings(org, { ...told, notBefore: morning.toISOString() }));
  }
}

const itemsOf = (world: ChannelWorld) =>
  world.rows<{ id: string; due_at: string }>("SELECT id, due_at FROM digest_items WHERE org_id = ?1 ORDER BY id");

async function digestsOf(world: ChannelWorld): Promise<DigestMessage[]> {
  const rows = await world.rows<{ names: string; data: string }>("SELECT names, data FROM events WHERE org_id = ?1");
  return rows
    .filter(({ names }) => names.includes("alert.digest"))
    .map(({ data }) => {
      expect(eventComplaints("alert.digest", JSON.parse(data))).toEqual([]);
      return JSON.parse(data) as DigestMessage;
    });
}

const tick = (world: ChannelWorld, now: Date): Promise<void> => tellDigests(world.env, now, () => undefined);

describe("a channel with a digest", () => {
  it("gathers alerts and is told of all of them at once, at its time", async ({ expect }) => {
    const world = await newChannelWorld();
    const receiver = startReceiver();
    const channel = await world.channel({ kind: "slack", digest: nine });
    const webhook = await world.webhook({ events: ["*"] });
    const alerts = Array.from({ length: 3 }, (_, i) =>
      anAlert({ title: `Alert ${i}`, at: `2026-03-13T07:0${i}:00.000Z` }),
    );
    await gather(world, channel, alerts);
    await world.drain();
    expect((await itemsOf(world)).map((item) => item.due_at)).toEqual(
      Array.from({ length: 3 }, () => due.toISOString()),
    );
    const told = async () => (await deliveriesOf(world)).filter((delivery) => delivery.webhook_id === channel.id);
    expect(await told()).toEqual([]);
    await tick(world, new Date(due.getTime() - 60_000));
    expect(await told()).toEqual([]);
    await tick(world, due);
    await world.drain();
    expect(await told()).toMatchObject([{ status: "delivered" }]);
    expect(await itemsOf(world)).toEqual([]);
    const [digest] = await digestsOf(world);
    expect(digest).toMatchObject({
      channelId: channel.id,
      from: "2026-03-13T07:00:00.000Z",
      to: "2026-03-13T07:02:00.000Z",
    });
    expect(digest?.alerts.map(({ title }) => title)).toEqual(["Alert 0", "Alert 1", "Alert 2"]);
    const sent = receiver.received.filter(({ url }) => url.includes("slack"));
    expect(sent).toHaveLength(1);
    for (const { title } of alerts) expect(sent[0]?.body).toContain(title);
    const others = (await deliveriesOf(world)).filter((delivery) => delivery.webhook_id === webhook.webhook.id);
    expect(others).toHaveLength(3);
  });

  it("tells nothing twice, however often and side by side the job runs, nor when a message is repeated", async ({
    expect,
  }) => {
    const world = await newChannelWorld();
    startReceiver();
    const channel = await world.channel({ kind: "teams", digest: nine });
    const org = world.org({ now: morning });
    const eventId = newId();
    const told = {
      eventId,
      name: "alert.triggered",
      message: anAlert(),
      channels: [channel],
      notBefore: morning.toISOString(),
    } as const;
    for (let round = 0; round < 3; round += 1) await org.db.atomic(alertTellings(org, told));
    await gather(world, channel, [anAlert(), anAlert()]);
    await Promise.all([tick(world, due), tick(world, due), tick(world, due)]);
    await tick(world, due);
    await world.drain();
    const digests = await digestsOf(world);
    expect(digests.map(({ alerts }) => alerts.length)).toEqual([3]);
    expect(await deliveriesOf(world)).toHaveLength(1);
  });

  it("loses nothing when a run is broken off, and keeps no other channel waiting: it is told by the next", async ({
    expect,
  }) => {
    const [world, other] = [await newChannelWorld(), await newChannelWorld()];
    const channel = await world.channel({ kind: "slack", digest: nine });
    await gather(world, channel, [anAlert()]);
    await gather(other, await other.channel({ kind: "slack", digest: nine }), [anAlert()]);
    const { DB } = world.env;
    const broken = { prepare: (text: string) => DB.prepare(text), batch: failingOnce(DB) };
    const logged = vi.spyOn(console, "log").mockImplementation(() => undefined);
    // safe: what the job uses of a database.
    await tellDigests({ ...world.env, DB: broken as unknown as D1Database }, due, () => undefined);
    expect(JSON.stringify(logged.mock.calls)).toContain("digest not told");
    expect([...(await digestsOf(world)), ...(await digestsOf(other))]).toHaveLength(1);
    expect([...(await itemsOf(world)), ...(await itemsOf(other))]).toHaveLength(1);
    await tick(world, due);
    expect([...(await digestsOf(world)), ...(await digestsOf(other))]).toHaveLength(2);
  });

  it("says of each alert what was said last", async ({ expect }) => {
    const world = await newChannelWorld();
    const channel = await world.channel({ kind: "email", digest: nine });
    const alert = anAlert({ at: "2026-03-13T07:00:00.000Z" });
    const resolved = { ...alert, status: "resolved", at: "2026-03-13T07:30:00.000Z" } as const;
    await gather(world, channel, [resolved, alert, anAlert({ at: "2026-03-13T07:10:00.000Z" })]);
    await tick(world, due);
    await world.drain();
    const [digest] = await digestsOf(world);
    expect(digest?.alerts.map(({ status }) => status)).toEqual(["open", "resolved"]);
    expect(world.inbox.sent).toHaveLength(1);
  });

  it("says it once, and the gravest first, however many messages there are, also when a run is broken off", async ({
    expect,
  }) => {
    const world = await newChannelWorld();
    const receiver = startReceiver();
    const channel = await world.channel({ kind: "slack", digest: nine });
    const turning = anAlert({ title: "Turning", at: "2026-03-13T07:00:00.000Z" });
    const others = Array.from({ length: 120 }, (_, i) =>
      anAlert({ severity: i % 2 === 0 ? "low" : "high", at: "2026-03-13T07:10:00.000Z" }),
    );
    const end = { ...turning, status: "resolved", at: "2026-03-13T07:30:00.000Z" } as const;
    await gather(world, channel, [turning, ...others, end]);
    const { DB } = world.env;
    const broken = { prepare: (text: string) => DB.prepare(text), batch: failingOnce(DB, 7) };
    vi.spyOn(console, "log").mockImplementation(() => undefined);
    // safe: what the job uses of a database.
    await tellDigests({ ...world.env, DB: broken as unknown as D1Database }, due, () => undefined);
    const before = (await digestsOf(world)).flatMap(({ alerts }) => alerts);
    expect(before.map(({ severity }) => severity)).toEqual(Array.from({ length: 50 }, () => "high"));
    await tick(world, new Date(due.getTime() + 60_000));
    await world.drain();
    const told = (await digestsOf(world)).flatMap(({ alerts }) => alerts);
    expect(told.map(({ alertId }) => alertId).toSorted()).toEqual(
      [turning, ...others].map(({ alertId }) => alertId).toSorted(),
    );
    const sent = receiver.received.map(({ body }) => body);
    expect(sent.findLastIndex((body) => body.includes("(high)"))).toBeLessThanOrEqual(
      sent.findIndex((body) => body.includes("(low)")),
    );
    expect(sent.flatMap((body, i) => (body.includes("Turning") ? [i] : []))).toEqual([sent.length - 1]);
    expect(sent.at(-1)).toContain("RESOLVED: Turning");
  });

  it.each(["slack", "teams", "email"] as const)(
    "at %s shows every alert, in as many messages as it takes",
    async (kind) => {
      const world = await newChannelWorld();
      const receiver = startReceiver();
      const channel = await world.channel({ kind, digest: nine });
      const alerts = Array.from({ length: 60 }, (_, i) =>
        anAlert({ title: `Alert ${i};`, summary: (i % 2 === 0 ? "日本" : "so ").repeat(100) }),
      );
      await gather(world, channel, alerts);
      await tick(world, due);
      await world.drain();
      const sent = [
        ...receiver.received.map(({ body }) => body.replace(/^{"text":.*"blocks":/, "")),
        ...world.inbox.sent.map(({ text }) => text ?? ""),
      ];
      const missing = alerts.filter(({ title }) => !sent.some((body) => body.includes(title)));
      if (missing.length > 0 || sent.length > 20) throw new Error(`${missing.length} of 60 in ${sent.length} messages`);
    },
  );

  it("is told in several messages where one would be too large, of each alert once", async ({ expect }) => {
    const world = await newChannelWorld();
    const channel = await world.channel({ kind: "slack", digest: nine });
    const alerts = Array.from({ length: 120 }, (_, i) =>
      anAlert({ title: `Alert ${i}`, items: Array.from({ length: 4 }, () => anItem()) }),
    );
    await gather(world, channel, alerts);
    await tick(world, due);
    const digests = await digestsOf(world);
    expect(await itemsOf(world)).toEqual([]);
    expect(digests.flatMap((digest) => digest.alerts.map(({ alertId }) => alertId)).toSorted()).toEqual(
      alerts.map(({ alertId }) => alertId).toSorted(),
    );
    for (const digest of digests) {
      expect(digest.alerts.length).toBeLessThanOrEqual(50);
      expect(new TextEncoder().encode(JSON.stringify(digest)).length).toBeLessThanOrEqual(20_000);
      for (const alert of digest.alerts) expect([alert.items.length, alert.omitted]).toEqual([1, 4]);
    }
    expect(await deliveriesOf(world)).toHaveLength(digests.length);
  });

  it("waits for the first time after the quiet hours", async ({ expect }) => {
    const world = await newChannelWorld();
    const channel = await world.channel({ kind: "slack", digest: nine });
    const org = world.org({ now: morning });
    const notBefore = "2026-03-13T10:00:00.000Z";
    await org.db.atomic(
      alertTellings(org, {
        eventId: newId(),
        name: "alert.triggered",
        message: anAlert(),
        channels: [channel],
        notBefore,
      }),
    );
    expect(await itemsOf(world)).toMatchObject([{ due_at: "2026-03-14T08:00:00.000Z" }]);
  });
});

describe("a digest that is changed", () => {
  it.each([
    ["other times", { digest: { every: "day", at: "18:00", timeZone: "UTC" } }],
    ["none", { digest: null }],
  ])("to %s: what has gathered is told with the next run", async (_, patch) => {
    const world = await newChannelWorld();
    startReceiver();
    const channel = await world.channel({ kind: "slack", digest: nine });
    await gather(world, channel, [anAlert(), anAlert()]);
    const now = new Date("2026-03-13T07:30:00.000Z");
    await changeChannel(world.org({ now }), { id: channel.id, ifMatch: null }, patch);
    await tick(world, now);
    const digests = await digestsOf(world);
    if (digests.length !== 1 || digests[0]?.alerts.length !== 2) throw new Error(JSON.stringify(digests));
  });

  it("is told of nothing while it is disabled, and of nothing old afterwards", async ({ expect }) => {
    const world = await newChannelWorld();
    const channel = await world.channel({ kind: "slack", digest: nine });
    await gather(world, channel, [anAlert()]);
    const which = { id: channel.id, ifMatch: null };
    await changeChannel(world.org(), which, { status: "disabled" });
    await gather(world, channel, [anAlert()]);
    expect(await itemsOf(world)).toEqual([]);
    await changeChannel(world.org(), which, { status: "enabled" });
    await tick(world, due);
    expect(await deliveriesOf(world)).toEqual([]);
  });

  it("is told of nothing that was due while the system had disabled it", async ({ expect }) => {
    const world = await newChannelWorld();
    const channel = await world.channel({ kind: "slack", digest: nine });
    await gather(world, channel, [anAlert()]);
    await world.rows("UPDATE webhooks SET status = 'disabled' WHERE org_id = ?1");
    await tick(world, due);
    expect([await itemsOf(world), await deliveriesOf(world)]).toEqual([[], []]);
  });
});

it("whatever comes in whatever order with runs between, each message is told once", async ({ expect }) => {
  startReceiver();
  const steps = fc.array(fc.oneof(fc.constant("gather"), fc.constant("tick"), fc.constant("two ticks")), {
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(steps, async (path) => {
      const world = await newChannelWorld();
      const channel = await world.channel({ kind: "slack", digest: nine });
      const gathered: string[] = [];
      for (const step of [...path, "tick"]) {
        if (step === "gather") {
          const alert = anAlert();
          gathered.push(alert.alertId);
          await gather(world, channel, [alert]);
        } else await Promise.all(step === "tick" ? [tick(world, due)] : [tick(world, due), tick(world, due)]);
      }
      const told = (await digestsOf(world)).flatMap((digest) => digest.alerts.map(({ alertId }) => alertId));
      expect(told.toSorted()).toEqual(gathered.toSorted());
    }),
    { numRuns: 12 },
  );
});

/** The job's first batch finds what is due; of each 50 alerts one reads (the first time another before it), and one writes. */
function failingOnce(DB: D1Database, failing = 4): D1Database["batch"] {
  let calls = 0;
  return async (statements) => {
    calls += 1;
    if (calls === failing) throw new Error("broken off");
    return DB.batch(statements);
  };
}
