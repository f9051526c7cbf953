import type { Env } from "#env";
import { fullJitterMs } from "#lib/backoff";
import { Fault } from "#lib/fault";

/** A queue's consumer. */
export interface Consumer {
  /** Its name in wrangler.toml. */
  readonly queue: string;
  consume(batch: MessageBatch, env: Env, ctx: ExecutionContext): Promise<void>;
}

/** Queues of messages that failed too often end so; they need no consumer of their own. */
const deadSuffix = "-dead";

/** Hands a batch to the consumer of its queue. Without one the batch fails and is delivered again. */
export async function consumeBatch(
  consumers: readonly Consumer[],
  batch: MessageBatch,
  env: Env,
  ctx: ExecutionContext,
): Promise<void> {
  const consumer = consumers.find(({ queue }) => queue === batch.queue);
  if (!consumer && batch.queue.endsWith(deadSuffix)) return dropDead(batch);
  if (!consumer) throw new Error(`No consumer for the queue ${batch.queue}`);
  await consumer.consume(batch, env, ctx);
}

/** The truth is in D1 and cron drives on what is due: of a dead message nothing is lost, but somebody should look. */
function dropDead(batch: MessageBatch): void {
  for (const message of batch.messages)
    log(message, `dead letter of ${batch.queue.slice(0, -deadSuffix.length)}`, null);
  batch.ackAll();
}

/** Queues take a delay of at most twelve hours. */
const delayMaxSeconds = 43_200;
const delayBaseMs = 5_000;

/**
 * Each message by itself: parsed, done, acknowledged. What cannot be parsed and what ends in a Fault is final; anything
 * else comes again, later each time.
 */
export async function consume<Message>(
  batch: MessageBatch,
  parse: (body: unknown) => Message,
  verb: (message: Message) => Promise<void>,
): Promise<void> {
  await Promise.all(batch.messages.map((message) => consumeOne(message, parse, verb)));
}

async function consumeOne<Message>(
  message: globalThis.Message,
  parse: (body: unknown) => Message,
  verb: (message: Message) => Promise<void>,
): Promise<void> {
  const parsed = tryParse(message, parse);
  if (!parsed) return message.ack();
  try {
    await verb(parsed.value);
    message.ack();
  } catch (error) {
    settle(message, error);
  }
}

function tryParse<Message>(
  message: globalThis.Message,
  parse: (body: unknown) => Message,
): { readonly value: Message } | null {
  try {
    return { value: parse(message.body) };
  } catch {
    log(message, "malformed message dropped", null);
    return null;
  }
}

function settle(message: Message, error: unknown): void {
  if (error instanceof Fault) {
    log(message, "message refused", error);
    return message.ack();
  }
  log(message, "message failed", error);
  const delayMs = fullJitterMs(message.attempts, delayBaseMs, delayMaxSeconds * 1000, Math.random);
  message.retry({ delaySeconds: Math.ceil(delayMs / 1000) });
}

function log({ id, attempts }: Message, msg: string, error: unknown): void {
  const cause = error instanceof Fault ? error.code : error instanceof Error ? error.name : null;
  console.log(
    JSON.stringify({ level: error instanceof Fault ? "info" : "error", msg, messageId: id, attempts, cause }),
  );
}
