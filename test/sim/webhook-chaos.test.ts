import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { withLocalD1 } from "./local-d1.ts";
import { seeded } from "./random.ts";
import { smooth, WebhookWorld, type Roughness } from "./webhook-world.ts";

/** `npm run sim` asks for more: its lives are events here. */
const { seeds, first } = env.SIMULATION;
const eventsInAll = Math.max(seeds, 600);
const eventsOfALife = 300;
const lives = Math.max(2, Math.ceil(eventsInAll / eventsOfALife));

interface DeliveryRow {
  readonly webhook_id: string;
  readonly event_id: string;
  readonly status: string;
  readonly attempts: number;
  readonly made: number;
  readonly webhook: string;
}

const deliveriesOf = (world: WebhookWorld) =>
  world.world.rows<DeliveryRow>(
    `SELECT d.webhook_id, d.event_id, d.status, d.attempts, w.status AS webhook,
       (SELECT count(*) FROM attempts a WHERE a.org_id = ?1 AND a.delivery_id = d.id) AS made
     FROM deliveries d JOIN webhooks w ON w.org_id = ?1 AND w.id = d.webhook_id WHERE d.org_id = ?1`,
  );

/** What is wrong with the state of a life that has come to rest; empty: nothing. */
async function wrongIn(world: WebhookWorld): Promise<string[]> {
  const rows = new Map((await deliveriesOf(world)).map((row) => [`${row.webhook_id} ${row.event_id}`, row]));
  const lost = world.owed.flatMap((owed) => {
    const row = rows.get(`${owed.webhookId} ${owed.eventId}`);
    if (!row) return [`no delivery of ${owed.eventId}`];
    const wasTaken = world.taken(owed) > 0;
    if (row.status === "delivered" && !wasTaken) return [`${owed.eventId} is told as delivered and was not taken`];
    if (row.status === "dead" && row.attempts < 10 && row.webhook === "enabled")
      return [`${owed.eventId} given up early`];
    return row.status === "pending" ? [`${owed.eventId} is still pending`] : [];
  });
  const miscounted = [...rows.values()].filter(({ attempts, made }) => attempts !== made);
  const strangers = [...rows.keys()].filter(
    (key) => ![...world.owed, ...world.missed].some((one) => key === `${one.webhookId} ${one.eventId}`),
  );
  return [
    ...lost,
    ...miscounted.map((row) => `${row.event_id}: ${row.attempts} attempts, ${row.made} listed`),
    ...strangers,
  ];
}

describe("webhooks", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"] });
    vi.spyOn(console, "log").mockImplementation(() => undefined);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  const figures = { events: 0, requests: 0, kills: 0, delivered: 0, dead: 0, missed: 0, replayed: 0, twice: 0 };

  async function live(seed: number): Promise<void> {
    const random = seeded(seed * 7_919);
    vi.spyOn(Math, "random").mockImplementation(() => random.next());
    const roughness: Roughness = { drop: 0.15, duplicate: 0.2, queueFails: random.pick([0.1, 0.5, 1]), faults: 0.3 };
    await withLocalD1(`webhook-chaos-${seed}`, async (db) => {
      const world = await WebhookWorld.make(db, random, roughness);
      await world.live(eventsOfALife);
      const wrong = await wrongIn(world);
      if (wrong.length > 0) throw new Error(`npm run sim -- --from ${seed} --seeds 1: ${wrong.slice(0, 5).join("; ")}`);
      const rows = await deliveriesOf(world);
      figures.delivered += rows.filter(({ status }) => status === "delivered").length;
      figures.dead += rows.filter(({ status }) => status === "dead").length;
      figures.missed += world.missed.length;
      figures.twice += [...world.accepted.values()].filter((times) => times > 1).length;
      figures.replayed += await world.repair();
      const never = [...world.owed, ...world.missed].filter((owed) => world.taken(owed) === 0);
      if (never.length > 0) throw new Error(`npm run sim -- --from ${seed} --seeds 1: ${never.length} never taken`);
      figures.events += world.owed.length + world.missed.length;
      figures.requests += world.requests;
      figures.kills += world.kills;
    });
  }

  it("lose nothing, whatever receivers, queue and database do and whenever the sender dies: every event is taken, or listed as given up, and comes by a replay", async ({
    expect,
  }) => {
    for (let seed = first; seed < first + lives; seed += 1) await live(seed);
    expect(figures.kills).toBeGreaterThan(10);
    expect(figures.dead).toBeGreaterThan(0);
    expect(figures.missed).toBeGreaterThan(0);
    expect(figures.replayed).toBeGreaterThan(0);
    console.warn(JSON.stringify(figures));
  }, 7_200_000);

  it("tell nothing twice while nothing fails", async ({ expect }) => {
    const random = seeded(first);
    await withLocalD1("webhook-calm", async (db) => {
      const world = await WebhookWorld.make(db, random, smooth, true);
      await world.live(eventsOfALife);
      expect(await wrongIn(world)).toEqual([]);
      expect(world.owed).toHaveLength(eventsOfALife);
      expect([...world.accepted.values()].filter((times) => times !== 1)).toEqual([]);
      expect(world.accepted.size).toBe(eventsOfALife);
      expect(world.requests).toBe(eventsOfALife);
    });
  }, 600_000);

  it.each([0.1, 0.5, 1])(
    "are told with the next tick when the queue refuses %d of what is sent",
    async (queueFails) => {
      const random = seeded(first);
      await withLocalD1(`webhook-queue-${queueFails}`, async (db) => {
        const world = await WebhookWorld.make(db, random, { ...smooth, queueFails }, true);
        for (let round = 0; round < 30; round += 1) await world.happen();
        await world.oneMinute();
        const late = world.owed.filter((owed) => world.taken(owed) !== 1);
        if (world.owed.length !== 30 || late.length > 0)
          throw new Error(`${late.length} of ${world.owed.length} were not told`);
      });
    },
  );
});
