import {
  createExecutionContext,
  createMessageBatch,
  createScheduledController,
  getQueueResult,
  waitOnExecutionContext,
} from "cloudflare:test";
import { vi } from "vitest";
import type { Env } from "#env";
import worker from "../../src/worker.ts";
import { faultyEnv, Io, noFaults, type FaultPlan, type QueueName } from "./faults.ts";
import type { Random } from "./random.ts";

/** A message somewhere between its sender and its receiver. */
interface Pending {
  readonly queue: QueueName;
  readonly body: unknown;
  readonly number: number;
  attempts: number;
}

const minuteMs = 60_000;

/**
 * Cloudglass with only its queues and its clock simulated: handlers, database, cache and Durable Objects are the real ones,
 * behind a proxy that can fail before and after each operation.
 */
export class World {
  pending: Pending[] = [];
  now: Date;
  #sent = 0;
  readonly #env: Env;
  readonly #aws: Fetcher;
  readonly #orgId: string;

  constructor(env: Env, aws: Fetcher, { orgId, start }: { orgId: string; start: Date }) {
    this.#env = env;
    this.#orgId = orgId;
    this.#aws = aws;
    this.now = start;
  }

  advance(ms: number): void {
    this.now = new Date(this.now.getTime() + ms);
    vi.setSystemTime(this.now);
  }

  /** Runs something with the world's bindings. Answers what it did to the outside. */
  async invoke<T>(
    plan: FaultPlan,
    run: (env: Env, ctx: ExecutionContext) => Promise<T>,
  ): Promise<{ result: T | null; io: Io }> {
    const io = new Io(plan);
    const env = faultyEnv(this.#env, io, (queue, bodies) => this.#enqueue(queue, bodies), this.#aws);
    const ctx = createExecutionContext();
    try {
      const result = await run(env, ctx);
      await waitOnExecutionContext(ctx).catch(() => undefined);
      return { result, io };
    } catch {
      return { result: null, io };
    }
  }

  #enqueue(queue: Pending["queue"], bodies: readonly unknown[]): void {
    // The cron job also finds what other tests left behind; it is not this world's.
    const mine = bodies.filter((body) => (body as { orgId?: string }).orgId === this.#orgId);
    for (const body of mine) this.pending.push({ queue, body, number: (this.#sent += 1), attempts: 1 });
  }

  /** Delivers one message to the real consumer; it stays in the queue unless it was acknowledged. */
  async deliver(message: Pending, plan: FaultPlan = noFaults): Promise<Io> {
    const batch = createMessageBatch(message.queue, [
      { id: String(message.number), timestamp: this.now, attempts: message.attempts, body: message.body },
    ]);
    const { result, io } = await this.invoke(plan, async (env, ctx) => {
      await worker.queue(batch, env, ctx);
      return getQueueResult(batch, ctx);
    });
    const acknowledged = result !== null && !io.crashed && (result.ackAll || result.explicitAcks.length > 0);
    if (acknowledged) this.pending = this.pending.filter((other) => other !== message);
    else message.attempts += 1;
    return io;
  }

  async tick(plan: FaultPlan = noFaults): Promise<void> {
    const controller = createScheduledController({ cron: "* * * * *", scheduledTime: this.now });
    await this.invoke(plan, async (env, ctx) => worker.scheduled(controller, env, ctx));
  }

  /** Lets chance decide what happens next, until nothing is left to do. `done` says so of what the queue does not show. */
  async run(random: Random, chaos: Chaos, done: () => Promise<boolean>): Promise<void> {
    for (let step = 0; step < 3_000; step += 1) {
      if (this.pending.length === 0) {
        if (await done()) return;
        // Nobody is sent for: only the cron job goes on, and what it waits for takes minutes.
        this.advance(5 * minuteMs);
        await this.tick(chaos.plan());
        continue;
      }
      await this.#step(random, chaos);
    }
    throw new Error("The world did not come to rest");
  }

  async #step(random: Random, chaos: Chaos): Promise<void> {
    const message = random.pick(this.pending);
    if (random.chance(chaos.drop)) {
      this.pending = this.pending.filter((other) => other !== message);
    } else if (random.chance(chaos.duplicate)) {
      const copy = { ...message };
      this.pending.push(copy);
      await Promise.all([this.deliver(message, chaos.plan()), this.deliver(copy, chaos.plan())]);
    } else {
      await this.deliver(message, chaos.plan());
    }
    if (random.chance(chaos.tick)) await this.tick(chaos.plan());
    if (random.chance(chaos.leap)) this.advance(random.below(40) * minuteMs);
    else this.advance(random.below(2_000));
  }
}

/** How rough the world is. */
export interface Chaos {
  readonly drop: number;
  readonly duplicate: number;
  readonly tick: number;
  readonly leap: number;
  /** The faults of the next invocation. */
  plan(): FaultPlan;
}

export const calm: Chaos = { drop: 0, duplicate: 0, tick: 0, leap: 0, plan: () => noFaults };

/** At most `max` faults in all, so that no task fails more often than it is tried. */
export function rough(random: Random, max: number): Chaos {
  let left = max;
  return {
    drop: 0.1,
    duplicate: 0.15,
    tick: 0.1,
    leap: 0.03,
    plan() {
      if (left === 0 || !random.chance(0.4)) return noFaults;
      const number = 1 + random.below(60);
      const moment = random.chance(0.5) ? "before" : "after";
      return {
        mode: random.chance(0.7) ? "crash" : "error",
        fails: (operation, at) => {
          const hit = left > 0 && operation.number === number && at === moment;
          if (hit) left -= 1;
          return hit;
        },
      };
    },
  };
}

/** One fault in the whole life of a world: at its n-th operation, counted over all invocations. */
export function nthFails(n: number, moment: "before" | "after", mode: FaultPlan["mode"]): Chaos {
  let count = 0;
  const plan: FaultPlan = {
    mode,
    fails: (_, at) => {
      if (at === "before") count += 1;
      return count === n && at === moment;
    },
  };
  return { ...calm, plan: () => plan };
}

/** Counts the operations of a calm life. */
export function counting(): { readonly chaos: Chaos; readonly count: () => number } {
  let count = 0;
  const plan: FaultPlan = {
    mode: "error",
    fails: (_, at) => {
      if (at === "before") count += 1;
      return false;
    },
  };
  return { chaos: { ...calm, plan: () => plan }, count: () => count };
}
