import { env } from "cloudflare:workers";
import { newId } from "#lib/id";
import { api } from "../../support/api.ts";
import type { TestOrg } from "../../support/org.ts";
import type { Samples } from "../../support/samples.ts";

const body = { kind: "email", name: "On call", recipients: ["oncall@example.com"] };

/** A channel of the organization, as its admin makes it. */
async function aChannel(org: TestOrg): Promise<{ readonly id: string }> {
  const made = await api(org.keys.admin).post<{ readonly data: { readonly id: string } }>("/channels", body);
  return { id: made.body.data.id };
}

/** A delivery to it, as the outbox writes it, after one attempt. */
async function aDelivery(org: TestOrg): Promise<{ readonly id: string; readonly deliveryId: string }> {
  const { id } = await aChannel(org);
  const [deliveryId, eventId] = [newId(), newId()];
  const now = new Date().toISOString();
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO events (org_id, id, names, data, created_at) VALUES (?1, ?2, '["alert.triggered"]', '{}', ?3)`,
    ).bind(org.id, eventId, now),
    env.DB.prepare(
      `INSERT INTO deliveries (org_id, id, webhook_id, event_id, event, status, attempts, delivered_at, created_at, updated_at)
       VALUES (?1, ?2, ?3, ?4, 'alert.triggered', 'delivered', 1, ?5, ?5, ?5)`,
    ).bind(org.id, deliveryId, id, eventId, now),
  ]);
  return { id, deliveryId };
}

export const samples: Samples = {
  listChannels: { query: "kind=slack,email&status=enabled" },
  createChannel: { body },
  getChannel: { params: aChannel },
  replaceChannel: {
    params: aChannel,
    body: { ...body, digest: { every: "day", at: "09:00", timeZone: "Europe/Berlin" } },
  },
  changeChannel: { params: aChannel, body: { name: "Night shift" } },
  deleteChannel: { params: aChannel },
  testChannel: { params: aChannel, body: { event: "alert.resolved" } },
  listChannelDeliveries: { params: aChannel, query: "status=pending,delivered&event=alert.triggered" },
  getChannelDelivery: { params: aDelivery },
  redeliverChannelDelivery: { params: aDelivery },
};
