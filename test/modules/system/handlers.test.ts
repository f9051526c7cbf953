import {
  createExecutionContext,
  createMessageBatch,
  createScheduledController,
  getQueueResult,
  waitOnExecutionContext,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { Fault } from "#lib/fault";
import { consume, consumeBatch } from "#queues/consume";
import { runJobs } from "#schedules/run";

const message = (id: string, body: unknown, attempts = 1) => ({ id, timestamp: new Date(0), attempts, body });

function spyOnRetry(batch: MessageBatch, index: number) {
  const message = batch.messages[index];
  if (!message) throw new Error("no such message");
  return vi.spyOn(message, "retry");
}

describe("consume", () => {
  it("acknowledges what is done, malformed or refused, and lets the rest come again later", async () => {
    const batch = createMessageBatch("q", [
      message("done", 1),
      message("malformed", "x"),
      message("refused", 2),
      message("failed", 3, 2),
    ]);
    const retry = spyOnRetry(batch, 3);
    const ctx = createExecutionContext();
    await consume(batch, z.int().parse, async (value) => {
      if (value === 2) throw new Fault("CONFLICT", "no");
      if (value === 3) throw new Error("broken");
    });
    const result = await getQueueResult(batch, ctx);
    expect(result.explicitAcks.toSorted()).toEqual(["done", "malformed", "refused"]);
    expect(result.retryMessages.map(({ msgId }) => msgId)).toEqual(["failed"]);
    const delaySeconds = retry.mock.calls[0]?.[0]?.delaySeconds ?? -1;
    expect(delaySeconds).toBeGreaterThanOrEqual(0);
    expect(delaySeconds).toBeLessThanOrEqual(20);
  });

  it("never asks for a delay that Queues do not take", async () => {
    const batch = createMessageBatch("q", [message("old", 1, 90)]);
    const retry = spyOnRetry(batch, 0);
    await consume(batch, z.int().parse, () => Promise.reject(new Error("broken")));
    expect(retry.mock.calls[0]?.[0]?.delaySeconds).toBeLessThanOrEqual(43_200);
  });

  it("hands a batch to its consumer and drops dead letters", async () => {
    const ctx = createExecutionContext();
    const seen: string[] = [];
    const consumers = [
      {
        queue: "a",
        consume: async ({ queue }: MessageBatch) => {
          seen.push(queue);
        },
      },
    ];
    await consumeBatch(consumers, createMessageBatch("a", []), env, ctx);
    expect(seen).toEqual(["a"]);
    await expect(consumeBatch(consumers, createMessageBatch("b", []), env, ctx)).rejects.toThrow("No consumer");
    const dead = createMessageBatch("a-dead", [message("m", 1)]);
    await consumeBatch(consumers, dead, env, ctx);
    expect((await getQueueResult(dead, ctx)).ackAll).toBe(true);
  });
});

describe("runJobs", () => {
  it("runs the jobs of the tick with its time; one that fails stops no other", async () => {
    const ctx = createExecutionContext();
    const times: number[] = [];
    const job = (cron: string, run: () => Promise<void>) => ({
      cron,
      run: async (_env: unknown, at: Date) => {
        times.push(at.getTime());
        await run();
      },
    });
    const jobs = [
      job("* * * * *", () => Promise.reject(new Error("broken"))),
      job("* * * * *", async () => undefined),
      job("0 0 * * *", async () => undefined),
    ];
    await runJobs(jobs, createScheduledController({ cron: "* * * * *", scheduledTime: new Date(60_000) }), env, ctx);
    await waitOnExecutionContext(ctx);
    expect(times).toEqual([60_000, 60_000]);
  });

  it("lets the nets end before the other jobs begin", async () => {
    const ctx = createExecutionContext();
    const seen: string[] = [];
    const job = (name: string, isNet: boolean) => ({
      cron: "* * * * *",
      isNet,
      run: async () => {
        seen.push(name);
        await scheduler.wait(1);
        seen.push(`${name} done`);
        throw new Error("broken");
      },
    });
    const controller = createScheduledController({ cron: "* * * * *", scheduledTime: new Date(60_000) });
    await runJobs([job("other", false), job("net", true)], controller, env, ctx);
    await waitOnExecutionContext(ctx);
    expect(seen).toEqual(["net", "net done", "other", "other done"]);
  });
});
