import { createExecutionContext, createMessageBatch, getQueueResult, waitOnExecutionContext } from "cloudflare:test";
import { env as bindings } from "cloudflare:workers";
import type { Env } from "#env";
import { orgContext, type OrgContext } from "#db/context";
import { newMeter, type Meter } from "#db/database";
import type { DeliveryMessage } from "#db/messages";
import { eventStatements, nudgeDeliveries, type EventName } from "#db/outbox";
import { defaultSettings } from "#db/values";
import { newId } from "#lib/id";
import { consumer } from "#queues/deliveries";
import { createWebhook, type WebhookInput } from "../../../src/modules/webhooks/create.ts";
import type { NewlyMade } from "../../../src/modules/webhooks/rows.ts";

/** One organization of its own, with a queue that only remembers. */
export interface World {
  readonly env: Env;
  readonly orgId: string;
  readonly nudges: { readonly body: DeliveryMessage; readonly delaySeconds: number }[];
  org(options?: { now?: Date; meter?: Meter }): OrgContext;
  webhook(input?: Partial<WebhookInput>): Promise<NewlyMade>;
  /** Commits an event and nudges; answers its id. */
  tell(names?: readonly EventName[], data?: unknown): Promise<string>;
  /** Hands messages to the consumer, as one batch, and waits for all it leaves behind. */
  consume(messages: readonly unknown[]): Promise<ConsumedBatch>;
  /** Consumes what is in the queue, and what comes in meanwhile, until it is empty; delayed messages stay. */
  drain(): Promise<void>;
  rows<Row = Record<string, unknown>>(text: string, ...params: readonly unknown[]): Promise<Row[]>;
}

export interface ConsumedBatch {
  readonly acked: readonly string[];
  readonly retried: readonly string[];
}

const anyInput: WebhookInput = {
  url: "https://hooks.receiver.dev/in",
  events: ["*"],
  description: null,
  severities: null,
  accountIds: null,
  status: "enabled",
};

const masterKeys = "1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

export async function newWorld(overrides: Partial<Record<keyof Env, unknown>> = {}): Promise<World> {
  const nudges: { body: DeliveryMessage; delaySeconds: number }[] = [];
  const queue = {
    send: async (body: DeliveryMessage, options?: { delaySeconds?: number }) => {
      nudges.push({ body, delaySeconds: options?.delaySeconds ?? 0 });
    },
    sendBatch: async (batch: Iterable<{ body: DeliveryMessage }>) => {
      for (const { body } of batch) nudges.push({ body, delaySeconds: 0 });
    },
  };
  // safe: what the verbs under test read of the bindings.
  const env = { ...bindings, MASTER_KEYS: masterKeys, DELIVERIES: queue, ...overrides } as unknown as Env;
  const orgId = newId();
  const now = new Date().toISOString();
  await env.DB.prepare("INSERT INTO organizations VALUES (?1, 'Org', ?1, 'team', 0, ?2, 1, ?3, ?3)")
    .bind(orgId, JSON.stringify(defaultSettings), now)
    .run();
  return { env, orgId, nudges, ...verbs(env, orgId, nudges) };
}

type Nudges = { body: DeliveryMessage; delaySeconds: number }[];

function verbs(
  env: Env,
  orgId: string,
  nudges: Nudges,
): Pick<World, "org" | "webhook" | "tell" | "consume" | "drain" | "rows"> {
  const actor = { type: "api_key", id: newId(), name: "test" } as const;
  const org: World["org"] = ({ now = new Date(), meter = newMeter() } = {}) =>
    orgContext({ env, orgId, shard: 0, actor, role: "admin", now, meter, waitUntil: () => undefined });
  const consume: World["consume"] = async (messages) => consumeWith(env, messages);
  return {
    org,
    consume,
    webhook: (input) => createWebhook(org(), { ...anyInput, ...input }),
    async tell(names = ["scan.completed"], data = { scanId: newId() }) {
      const context = org();
      const id = newId();
      await context.db.atomic(eventStatements(context, { id, names, data }));
      await nudgeDeliveries(context, [id]);
      return id;
    },
    async drain() {
      for (;;) {
        const at = nudges.findIndex(({ delaySeconds }) => delaySeconds === 0);
        const [next] = at < 0 ? [] : nudges.splice(at, 1);
        if (!next) return;
        await consume([next.body]);
      }
    },
    async rows<Row>(text: string, ...params: readonly unknown[]) {
      return (
        await env.DB.prepare(text)
          .bind(orgId, ...params)
          .all<Row>()
      ).results;
    },
  };
}

export async function consumeWith(env: Env, messages: readonly unknown[]): Promise<ConsumedBatch> {
  const batch = createMessageBatch(
    "deliveries",
    messages.map((body, index) => ({ id: `m${index}`, timestamp: new Date(), attempts: 1, body })),
  );
  const ctx = createExecutionContext();
  await consumer.consume(batch, env, ctx);
  const result = await getQueueResult(batch, ctx);
  await waitOnExecutionContext(ctx);
  return { acked: result.explicitAcks, retried: result.retryMessages.map(({ msgId }) => msgId) };
}
