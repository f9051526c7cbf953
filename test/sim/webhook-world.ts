import { AsyncLocalStorage } from "node:async_hooks";
import { vi } from "vitest";
import type { Env } from "#env";
import { systemContext } from "#db/context";
import { eventStatements, nudgeDeliveries, type EventName } from "#db/outbox";
import { newId } from "#lib/id";
import { changeWebhook } from "../../src/modules/webhooks/change.ts";
import { replayWebhook } from "../../src/modules/webhooks/replay.ts";
import { consumer } from "../../src/queues/deliveries.ts";
import { job as dueJob } from "../../src/schedules/due-deliveries.ts";
import { newWorld, type World } from "../modules/webhooks/world.ts";
import { startReceiver } from "../support/receiver.ts";
import { faultyEnv, Injected, Io, noFaults, type FaultPlan } from "./faults.ts";
import type { Random } from "./random.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** Longer than the ladder, the schedule and every pause together. */
const endMs = 14 * dayMs;

/** What a receiver does at this moment; throws what a broken connection throws. */
type Mood = (life: { readonly random: Random; readonly ageMs: number; readonly count: number }) => Response;

const ok = (): Response => new Response(null, { status: 204 });
const broken = (): never => {
  throw new TypeError("Network connection lost");
};
const hang = (): never => {
  vi.setSystemTime(Date.now() + 15_000);
  throw new DOMException("The operation was aborted due to timeout", "TimeoutError");
};

/** One receiver of each kind; each hears one event name. */
export const moods: Readonly<Record<string, Mood>> = {
  steady: ok,
  refusing: ({ random }) => (random.chance(0.4) ? new Response("no", { status: 500 }) : ok()),
  resetting: ({ random }) => (random.chance(0.4) ? broken() : ok()),
  hanging: ({ random }) => (random.chance(0.3) ? hang() : ok()),
  flapping: ({ ageMs }) => (Math.floor(ageMs / (7 * hourMs)) % 2 === 0 ? new Response(null, { status: 502 }) : ok()),
  redirecting: ({ random }) =>
    random.chance(0.5)
      ? new Response(null, { status: 302, headers: { Location: "https://elsewhere.receiver.dev/" } })
      : ok(),
  busy: ({ random }) =>
    random.chance(0.3)
      ? new Response(null, { status: 429, headers: { "Retry-After": String(random.below(7_200)) } })
      : ok(),
  gone: ({ count }) => (count > 20 ? new Response(null, { status: 410 }) : ok()),
  killed: ({ ageMs }) => (ageMs > 2 * hourMs ? broken() : ok()),
};

const heard: readonly EventName[] = [
  "finding.opened",
  "finding.resolved",
  "finding.reopened",
  "scan.started",
  "scan.completed",
  "scan.failed",
  "scan.canceled",
  "policy.violated",
  "account.error",
];

/** How rough it is. */
export interface Roughness {
  /** Of the messages of the queue. */
  readonly drop: number;
  readonly duplicate: number;
  /** Sends to the queue that throw, where events are made and where deliveries are. */
  readonly queueFails: number;
  /** Invocations of which one operation fails, or that die there. */
  readonly faults: number;
}

export const smooth: Roughness = { drop: 0, duplicate: 0, queueFails: 0, faults: 0 };

interface Nudge {
  readonly body: unknown;
  readonly dueMs: number;
}

/** Webhooks, their receivers, the queue and the clock: only the last two are not what they are in production. */
export class WebhookWorld {
  readonly accepted = new Map<string, number>();
  readonly ids = new Map<string, string>();
  /** Events that were committed, and who had to be told of them. */
  readonly owed: { readonly eventId: string; readonly webhookId: string }[] = [];
  kills = 0;
  requests = 0;
  #queue: Nudge[] = [];
  #isCalm = false;
  readonly #startMs = Date.UTC(2026, 2, 1);
  readonly #io = new AsyncLocalStorage<Io>();
  readonly #counts = new Map<string, number>();

  private constructor(
    readonly world: World,
    readonly random: Random,
    readonly roughness: Roughness,
    readonly allWork: boolean,
  ) {}

  static async make(db: D1Database, random: Random, roughness: Roughness, allWork = false): Promise<WebhookWorld> {
    vi.setSystemTime(Date.UTC(2026, 2, 1));
    const made = new WebhookWorld(await newWorld({ DB: db }), random, roughness, allWork);
    made.#listen();
    for (const [index, mood] of Object.keys(moods).entries()) {
      const { webhook } = await made.world.webhook({
        url: `https://${mood}.receiver.dev/in`,
        events: [heard[index] ?? "*"],
      });
      made.ids.set(mood, webhook.id);
    }
    return made;
  }

  #listen(): void {
    startReceiver().answer(({ url, headers }) => {
      const run = async (): Promise<Response> => {
        this.requests += 1;
        const name = new URL(url).hostname.split(".")[0] ?? "";
        const count = (this.#counts.get(name) ?? 0) + 1;
        this.#counts.set(name, count);
        const mood = this.allWork || this.#isCalm ? ok : (moods[name] ?? broken);
        const answer = mood({ random: this.random, ageMs: Date.now() - this.#startMs, count });
        const key = `${name} ${headers.get("webhook-id")}`;
        if (answer.ok) this.accepted.set(key, (this.accepted.get(key) ?? 0) + 1);
        return answer;
      };
      const io = this.#io.getStore();
      return io ? io.around("fetch", run) : run();
    });
  }

  /** The faults of the next invocation. */
  #plan(): FaultPlan {
    const { random, roughness } = this;
    if (this.#isCalm || !random.chance(roughness.faults)) return noFaults;
    const number = 1 + random.below(14);
    const moment = random.chance(0.5) ? "before" : "after";
    const mode = random.chance(0.7) ? "crash" : "error";
    return { mode, fails: (operation, at) => operation.number === number && at === moment };
  }

  /** One invocation: with bindings that may fail, and with everything it leaves behind. Null: it died. */
  async #invoke<T>(queueFails: number, run: (env: Env, ctx: ExecutionContext) => Promise<T>): Promise<T | null> {
    const io = new Io(this.#plan());
    const enqueue = (_: string, bodies: readonly unknown[]): void => {
      if (!this.#isCalm && this.random.chance(queueFails)) throw new Error("The queue is away");
      for (const body of bodies) this.#queue.push({ body, dueMs: Date.now() + this.random.below(8_000) });
    };
    const left: Promise<unknown>[] = [];
    // safe: what the handlers use of it.
    const ctx = { waitUntil: (promise: Promise<unknown>) => left.push(promise) } as unknown as ExecutionContext;
    const env = faultyEnv(this.world.env, io, enqueue, this.world.env.AWS as Fetcher);
    const result = await this.#io.run(io, async () => {
      const done = await run(env, ctx).catch((error: unknown) => {
        if (error instanceof Injected || (error instanceof Error && error.message === "The queue is away")) return null;
        throw error;
      });
      for (let index = 0; index < left.length; index += 1) await Promise.resolve(left[index]).catch(() => undefined);
      return done;
    });
    if (io.crashed) this.kills += 1;
    return io.crashed ? null : result;
  }

  /** Something happens. What was committed is owed to whoever listens and is enabled. */
  async happen(): Promise<void> {
    const index = this.random.below(heard.length);
    const webhookId = [...this.ids.values()][index] ?? "";
    const eventId = newId();
    const [webhook] = await this.world.rows<{ status: string }>(
      "SELECT status FROM webhooks WHERE org_id = ?1 AND id = ?2",
      webhookId,
    );
    await this.#invoke(this.roughness.queueFails, async (env, ctx) => {
      const org = systemContext(env, { orgId: this.world.orgId, shard: 0 }, new Date(), (promise) =>
        ctx.waitUntil(promise),
      );
      await org.db.atomic(
        eventStatements(org, { id: eventId, names: [heard[index] ?? "webhook.test"], data: { n: this.owed.length } }),
      );
      await nudgeDeliveries(org, [eventId]);
    });
    const committed = await this.world.rows("SELECT id FROM events WHERE org_id = ?1 AND id = ?2", eventId);
    if (committed.length > 0 && webhook?.status === "enabled") this.owed.push({ eventId, webhookId });
    else if (committed.length > 0) this.missed.push({ eventId, webhookId });
  }

  /** Events of webhooks that were disabled. */
  readonly missed: { readonly eventId: string; readonly webhookId: string }[] = [];

  async #consume(nudges: readonly Nudge[]): Promise<void> {
    const settled = new Set<Nudge>();
    const messages = nudges.map((nudge, index) => ({
      id: String(index),
      timestamp: new Date(),
      attempts: 1,
      body: nudge.body,
      ack: () => void settled.add(nudge),
      retry: () => undefined,
    }));
    // safe: what the consumer uses of a batch.
    const batch = { queue: "deliveries", messages } as unknown as MessageBatch;
    const done = await this.#invoke(this.roughness.queueFails / 2, async (env, ctx) => {
      await consumer.consume(batch, env, ctx);
      return true;
    });
    // Whatever was not acknowledged comes again, later.
    if (done === null || settled.size < nudges.length)
      for (const nudge of nudges)
        if (done === null || !settled.has(nudge)) this.#queue.push({ ...nudge, dueMs: Date.now() + 10_000 });
  }

  async tick(): Promise<void> {
    await this.#invoke(Math.min(this.roughness.queueFails, 0.5), async (env, ctx) => dueJob.run(env, new Date(), ctx));
  }

  /** The next minute: its tick, which reaches the queue, and what comes of it. */
  async oneMinute(): Promise<void> {
    vi.setSystemTime(Date.now() + minuteMs);
    await this.#invoke(0, async (env, ctx) => dueJob.run(env, new Date(), ctx));
    vi.setSystemTime(Date.now() + 10_000);
    await this.#work();
  }

  /** Takes what is due out of the queue: lost, doubled, or handed to consumers, at times several side by side. */
  async #work(): Promise<void> {
    const { random, roughness } = this;
    const due = this.#queue.filter(({ dueMs }) => dueMs <= Date.now());
    this.#queue = this.#queue.filter(({ dueMs }) => dueMs > Date.now());
    const arrived = due.flatMap((nudge) => {
      if (!this.#isCalm && random.chance(roughness.drop)) return [];
      return !this.#isCalm && random.chance(roughness.duplicate) ? [nudge, nudge] : [nudge];
    });
    const shuffled = arrived.map((nudge) => [random.next(), nudge] as const).toSorted(([a], [b]) => a - b);
    const batches: Nudge[][] = [];
    for (let at = 0; at < shuffled.length; at += 5) batches.push(shuffled.slice(at, at + 5).map(([, nudge]) => nudge));
    while (batches.length > 0)
      await Promise.all(batches.splice(0, 1 + random.below(3)).map((batch) => this.#consume(batch)));
  }

  async #isAtRest(): Promise<boolean> {
    const [row] = await this.world.rows<{ n: number }>(
      "SELECT count(*) AS n FROM deliveries WHERE org_id = ?1 AND status = 'pending'",
    );
    return row?.n === 0;
  }

  /** Lets `events` things happen over six days, and time pass until nothing is pending any more. */
  async live(events: number): Promise<void> {
    const everyMs = (6 * dayMs) / events;
    let happened = 0;
    while (Date.now() - this.#startMs < endMs) {
      const passedMs = Date.now() - this.#startMs;
      // They come in bursts, so that some wait while a receiver is down.
      while (happened < events && happened * everyMs <= passedMs) {
        await this.happen();
        happened += 1;
      }
      await this.#work();
      if (this.random.chance(0.8)) await this.tick();
      await this.#work();
      if (happened === events && (await this.#isAtRest())) return;
      vi.setSystemTime(
        Date.now() + (this.random.chance(0.5) ? this.random.below(20) * 1_000 : this.random.below(30) * minuteMs),
      );
    }
    throw new Error("The world did not come to rest");
  }

  /** Everybody works again: what was disabled is enabled, and what was given up or missed is asked for. Answers how much that was. */
  async repair(): Promise<number> {
    this.#isCalm = true;
    const since = new Date(this.#startMs).toISOString();
    let scheduled = 0;
    vi.setSystemTime(Date.now() + hourMs);
    for (const id of this.ids.values()) {
      await changeWebhook(this.world.org(), { id, ifMatch: null }, { status: "enabled" });
      for (const status of ["failed", "missing"] as const) {
        scheduled += (await replayWebhook(this.world.org(), id, { since, status })).scheduled;
        const again = await replayWebhook(this.world.org(), id, { since, status });
        if (again.scheduled > 0) throw new Error(`${status} was scheduled twice`);
      }
    }
    for (let step = 0; !(await this.#isAtRest()); step += 1) {
      if (step > 5_000) throw new Error("What was asked for again did not come to rest");
      vi.setSystemTime(Date.now() + 10 * minuteMs);
      await this.tick();
      vi.setSystemTime(Date.now() + 10_000);
      await this.#work();
    }
    return scheduled;
  }

  /** Times each event was taken by its receiver. */
  taken({ eventId, webhookId }: { readonly eventId: string; readonly webhookId: string }): number {
    const name = [...this.ids].find(([, id]) => id === webhookId)?.[0] ?? "";
    return this.accepted.get(`${name} msg_${eventId}`) ?? 0;
  }
}
