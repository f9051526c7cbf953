import type { OrgContext } from "#db/context";
import { newId } from "#lib/id";
import { bodySignature, standardSignature, webhookKey } from "#lib/standard-webhook";
import { channelMessage } from "./channel-message.ts";
import type { Claim } from "./claim.ts";
import { openSecret } from "./secret.ts";
import { checkTarget, targetRules } from "./target.ts";

/** What is sent: the same bytes at every attempt, signed anew. */
export interface Message {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What one attempt sends. */
export type Outgoing =
  | ({ readonly kind: "http"; readonly url: URL } & Message)
  | { readonly kind: "email"; readonly mail: EmailMessageBuilder };

/** What is sent for a claim, by the kind of its receiver. Faults: WEBHOOK_URL_BLOCKED, CHANNEL_UNAVAILABLE. */
export const requestOf = async (org: OrgContext, claim: Claim, at: Date): Promise<Outgoing> =>
  claim.kind === "webhook"
    ? { kind: "http", url: checkTarget(claim.url, targetRules(org.env)), ...(await signedMessage(org, claim, at)) }
    : channelMessage(org, claim, claim.kind);

/** `webhook-id`: of the occurrence, so that a receiver knows a repetition whatever attempt or redelivery it comes by. */
export const messageId = (eventId: string): string => `msg_${eventId}`;

/** `{id, event, createdAt, organizationId, data}`. `data` is put in as it is stored, so that the bytes never change. */
export function messageBody(orgId: string, { event, eventId, eventCreatedAt, data }: Claim): string {
  if (data === null || eventCreatedAt === null) throw new Error("A delivery without its event");
  const head = JSON.stringify({ id: messageId(eventId), event, createdAt: eventCreatedAt, organizationId: orgId });
  return `${head.slice(0, -1)},"data":${data}}`;
}

/**
 * Both signatures are keyed by the secret's decoded bytes: what stands in base64 behind `whsec_`. While a former secret is
 * still good, each header holds the signatures of both, the new one first, separated by a space.
 */
export async function signedMessage(org: OrgContext, claim: Claim, at: Date): Promise<Message> {
  const keys = await keysOf(org, claim);
  const body = messageBody(org.id, claim);
  const id = messageId(claim.eventId);
  const timestamp = Math.floor(at.getTime() / 1_000);
  const headers = {
    "Content-Type": "application/json",
    "User-Agent": "Cloudglass-Webhooks/1",
    "X-Request-ID": org.requestId ?? newId(),
    "X-Cloudglass-Event": claim.event,
    "X-Cloudglass-Delivery": claim.deliveryId,
    "X-Cloudglass-Signature": await each(keys, (key) => bodySignature(key, body)),
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": await each(keys, (key) => standardSignature(key, { id, timestamp, body })),
  };
  return { body, headers };
}

type Key = Uint8Array<ArrayBuffer>;

const each = async (keys: readonly Key[], sign: (key: Key) => Promise<string>): Promise<string> =>
  (await Promise.all(keys.map(sign))).join(" ");

const keysOf = (org: OrgContext, { webhookId, secret, previousSecret }: Claim): Promise<Key[]> =>
  Promise.all(
    [secret, ...(previousSecret === null ? [] : [previousSecret])].map(async (sealed) => {
      const key = webhookKey(await openSecret(org, webhookId, sealed));
      if (!key) throw new Error("A stored webhook secret is not whsec_…");
      return key;
    }),
  );
