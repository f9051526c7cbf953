import { readKeys, type Credential } from "#db/api-keys";
import { openingHeaders } from "#db/frames";
import { keyPrefix } from "#db/key-format";
import { allows } from "#db/access";
import { orgOfTicket } from "#db/ticket-format";
import { Fault, notFound } from "#lib/fault";
import { sha256Hex } from "#lib/hash";
import { invalidRequest } from "#lib/validate";
import { authenticate, authorize } from "./authenticate.ts";
import { ipOf, type Ctx } from "./context.ts";
import { passAddressGate, passGate, refuseDeniedAddress } from "./gate.ts";

/** What the Worker tells the object about a socket. */
export type Opening = Partial<Record<keyof typeof openingHeaders, string>> & {
  readonly auth: "header" | "message";
  readonly org: string;
};

export const listening = { scope: "scans:read", role: "viewer" } as const;

/** Where a browser's socket can put what it has no header for (RFC 6455 section 1.9). */
const protocol = "cloudglass.v1";
const bearerProtocol = "cloudglass.bearer.";

/**
 * Who asks to listen, by a ticket in the URL, by a subprotocol or by a header; null: nobody has said so yet. Faults: those of
 * `authenticate` and `passGate`, FORBIDDEN for a ticket of another scan, MISSING_SCOPE.
 */
export async function listenerOf(c: Ctx, scanId: string | null): Promise<Opening | null> {
  const ticket = c.req.query("ticket") ?? c.req.query("token");
  const carried = ticket === undefined ? carriedKey(c) : null;
  const hasHeader = c.req.header("authorization") !== undefined || c.req.header("x-api-key") !== undefined;
  if (hasHeader && (ticket !== undefined || carried !== null)) {
    throw new Fault("AMBIGUOUS_CREDENTIALS", "Send a key in a header, a ticket, or a subprotocol; only one of them.");
  }
  if (ticket === undefined && carried === null && !hasHeader) return null;
  const credential =
    ticket === undefined ? await authenticate(c, carried ?? undefined) : await redeem(c, ticket, scanId);
  await passGate(c, credential, null);
  authorize(listening, credential);
  return openingOf(credential);
}

const openingOf = ({ orgId, shard, keyId, expiresAt, scopes }: Credential): Opening => ({
  auth: "header",
  org: orgId,
  shard: String(shard),
  credential: keyId,
  ...(expiresAt === null ? {} : { expires: expiresAt }),
  ...(allows(scopes, "findings:read") ? { findings: "1" } : {}),
});

/** The key in `Sec-WebSocket-Protocol`; null without one. */
function carriedKey(c: Ctx): string | null {
  const offered = (c.req.header("sec-websocket-protocol") ?? "").split(",").map((name) => name.trim());
  const bearer = offered.find((name) => name.startsWith(bearerProtocol));
  if (bearer === undefined) return null;
  if (!offered.includes(protocol)) {
    throw new Fault("INVALID_REQUEST", `Offer the subprotocol \`${protocol}\` beside the one that carries the key.`);
  }
  try {
    const bytes = Uint8Array.fromBase64(bearer.slice(bearerProtocol.length), { alphabet: "base64url" });
    return new TextDecoder().decode(bytes);
  } catch {
    throw new Fault("UNAUTHORIZED", `Write the key in base64url behind \`${bearerProtocol}\`.`);
  }
}

/** Only the name of the protocol is answered, never the key. */
export const chosenProtocol = (c: Ctx): Record<string, string> =>
  /(^|,)\s*cloudglass\.v1\s*(,|$)/.test(c.req.header("sec-websocket-protocol") ?? "")
    ? { "Sec-WebSocket-Protocol": protocol }
    : {};

/** Who asked for a ticket. It is used up by this, whatever comes of it. */
async function redeem(c: Ctx, ticket: string, scanId: string | null): Promise<Credential> {
  const org = orgOfTicket(ticket);
  if (org === null) throw unknownTicket();
  await refuseDeniedAddress(c, "auth");
  const found = await c.env.SCAN_FEED.getByName(org).takeTicket(await sha256Hex(ticket));
  if (!found) {
    await passAddressGate(c, "auth");
    throw unknownTicket();
  }
  if (found.scanId !== null && found.scanId !== scanId) {
    throw new Fault("FORBIDDEN", "This ticket is for another address: open the `url` it came with.");
  }
  const credential = (await readKeys(c.env, org, found.shard, [found.credentialId])).get(found.credentialId);
  if (!credential) throw new Fault("KEY_REVOKED", "The key that asked for this ticket was revoked.");
  if (credential.expiresAt !== null && credential.expiresAt <= c.var.now.toISOString()) {
    throw new Fault("KEY_EXPIRED", "The key that asked for this ticket has expired.");
  }
  c.set("credential", credential);
  return credential;
}

const unknownTicket = (): Fault =>
  new Fault("UNAUTHORIZED", "This ticket is unknown, used or too old. Ask for another one: POST /api/v1/ws/tickets.");

/** URLs end up in logs and histories. */
export function refuseKeysInUrl(c: Ctx): void {
  const values = Object.values(c.req.queries()).flat();
  if (!values.some((value) => value.startsWith(keyPrefix))) return;
  const errors = [
    { in: "query", pointer: "token", message: "Send the key in a header or as the first message." },
  ] as const;
  throw new Fault(
    "INVALID_REQUEST",
    "Never put a key into a URL. Send it in a header or as the first message, and revoke this one.",
    { errors },
  );
}

/** The number of the last frame somebody has; null when none was said. Faults: INVALID_REQUEST. */
export function lastEventIdOf(c: Ctx): string | null {
  const given = c.req.query("lastEventId");
  if (given === undefined) return null;
  if (/^\d{1,15}$/.test(given)) return given;
  throw invalidRequest([{ in: "query", pointer: "lastEventId", message: "Must be the `eventId` of a frame." }]);
}

/** Has the organization's object take a socket over. Only these headers reach it: a client's own cannot pass for ours. */
export async function openAtFeed(c: Ctx, opening: Opening): Promise<WebSocket> {
  const address = `ip:${await sha256Hex(ipOf(c) ?? "")}`;
  const headers = new Headers({ Upgrade: "websocket" });
  for (const [name, header] of Object.entries(openingHeaders))
    headers.set(header, { ...opening, address }[name as keyof Opening] ?? "");
  const { webSocket } = await c.env.SCAN_FEED.getByName(opening.org).fetch(new URL(c.req.url).origin, { headers });
  if (webSocket) return webSocket;
  throw new Fault("UNAVAILABLE", "No more sockets can be opened right now. Try again.", {
    members: { retryAfterSeconds: 5 },
  });
}

/** Faults: RESOURCE_NOT_FOUND when the organization that was named is another. */
export function refuseOtherOrganization(c: Ctx, { org }: Opening): void {
  const named = c.req.query("org");
  if (named !== undefined && named.toLowerCase() !== org) throw notFound("organization");
}
