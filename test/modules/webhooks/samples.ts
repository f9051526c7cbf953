import { env } from "cloudflare:workers";
import { newId } from "#lib/id";
import { api } from "../../support/api.ts";
import type { TestOrg } from "../../support/org.ts";
import type { Samples } from "../../support/samples.ts";

const body = {
  url: "https://hooks.example.com/cloudglass",
  events: ["finding.*", "scan.completed"],
  description: "Pager",
};

/** A webhook of the organization, as its admin makes it. */
async function aWebhook(org: TestOrg): Promise<{ readonly id: string }> {
  const made = await api(org.keys.admin).post<{ readonly data: { readonly id: string } }>("/webhooks", body);
  return { id: made.body.data.id };
}

/** A delivery to it, as the outbox writes it, after one attempt. */
async function aDelivery(org: TestOrg): Promise<{ readonly id: string; readonly deliveryId: string }> {
  const { id } = await aWebhook(org);
  const deliveryId = newId();
  const eventId = newId();
  const now = new Date().toISOString();
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO events (org_id, id, names, data, created_at) VALUES (?1, ?2, '["scan.completed"]', '{}', ?3)`,
    ).bind(org.id, eventId, now),
    env.DB.prepare(
      `INSERT INTO deliveries (org_id, id, webhook_id, event_id, event, status, attempts, delivered_at, created_at, updated_at)
       VALUES (?1, ?2, ?3, ?4, 'scan.completed', 'delivered', 1, ?5, ?5, ?5)`,
    ).bind(org.id, deliveryId, id, eventId, now),
    env.DB.prepare(
      "INSERT INTO attempts (org_id, delivery_id, number, at, duration_ms, status, response) VALUES (?1, ?2, 1, ?3, 12, 200, 'ok')",
    ).bind(org.id, deliveryId, now),
  ]);
  return { id, deliveryId };
}

const withId = async (org: TestOrg) => ({ id: (await aWebhook(org)).id });

export const samples: Samples = {
  listWebhooks: {},
  createWebhook: { body },
  replaceWebhook: { params: withId, body: { ...body, severities: ["high", "critical"] } },
  changeWebhook: { params: withId, body: { status: "disabled" } },
  rotateWebhookSecret: { params: withId, body: { overlapHours: 1 } },
  testWebhook: { params: withId, body: { event: "finding.opened" } },
  replayWebhook: { params: withId, body: { since: "2026-01-01T00:00:00Z", status: "missing" } },
  redeliverWebhookDelivery: { params: aDelivery },
  getWebhook: { params: withId },
  deleteWebhook: { params: withId },
  listWebhookDeliveries: { params: withId, query: "status=pending,delivered&event=scan.completed" },
  getWebhookDelivery: { params: aDelivery },
};
