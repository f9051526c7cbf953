import { directoryDatabase } from "#db/database";
import { openingHeaders, readScanOwner } from "#db/frames";
import { keyPrefix } from "#db/key-format";
import { shards } from "#db/shards";
import { Fault, notFound } from "#lib/fault";
import { sha256Hex } from "#lib/hash";
import { uuidPattern } from "#lib/id";
import { authenticate, authorize } from "./authenticate.ts";
import { apiBase, ipOf, type App, type Ctx } from "./context.ts";
import { passGate } from "./gate.ts";
import { allowedOrigin } from "./security.ts";

/** An object that nobody's key opens: what asks for a scan that is nowhere is refused like what asks for another organization's. */
const nobody = "unknown";

interface Opening extends Partial<Record<keyof typeof openingHeaders, string>> {
  readonly auth: "header" | "message";
  readonly org: string;
}

/** `/ws`: the organization's scans; `/scans/{id}/ws`: one scan's. The organization's ScanFeed object takes the socket over. */
export function socketRoutes(app: App): void {
  app.get(`${apiBase}/ws`, (c) => openSocket(c, null));
  app.get(`${apiBase}/scans/:id/ws`, (c) => openSocket(c, c.req.param("id").toLowerCase()));
}

/**
 * A credential in a header is checked here; without one the socket has to send it as its first message. Faults: INVALID_REQUEST
 * for a credential in the URL, UPGRADE_REQUIRED, FORBIDDEN for a foreign origin, RESOURCE_NOT_FOUND, those of `authenticate`
 * and `passGate`.
 */
async function openSocket(c: Ctx, scanId: string | null): Promise<Response> {
  c.set("route", scanId === null ? "/ws" : "/scans/{id}/ws");
  refuseKeysInUrl(c);
  if (c.req.header("upgrade")?.toLowerCase() !== "websocket") {
    throw new Fault("UPGRADE_REQUIRED", "Open this address as a WebSocket (`Upgrade: websocket`).");
  }
  const origin = c.req.header("origin");
  if (origin !== undefined && allowedOrigin(origin, c.env.CORS_ORIGINS) === null) {
    throw new Fault("FORBIDDEN", "Sockets may not be opened from this origin.");
  }
  if (scanId !== null && !uuidPattern.test(scanId)) throw notFound("scan");
  const hasHeader = c.req.header("authorization") !== undefined || c.req.header("x-api-key") !== undefined;
  const opening = hasHeader ? await byHeader(c) : { auth: "message" as const, org: await organizationOf(c, scanId) };
  const address = `ip:${await sha256Hex(ipOf(c) ?? "")}`;
  return handOver(c, { ...opening, address, ...(scanId === null ? {} : { scan: scanId }) });
}

/** URLs end up in logs and histories. */
function refuseKeysInUrl(c: Ctx): void {
  const values = Object.values(c.req.queries()).flat();
  if (values.some((value) => value.startsWith(keyPrefix))) {
    throw new Fault(
      "INVALID_REQUEST",
      "Never put a key into a URL. Send it in a header or as the first message, and revoke this one.",
      {
        errors: [{ in: "query", pointer: "token", message: "Send the key in a header or as the first message." }],
      },
    );
  }
}

async function byHeader(c: Ctx) {
  const credential = await authenticate(c);
  await passGate(c, credential, null);
  authorize({ scope: "scans:read", role: "viewer" }, credential);
  const { orgId, keyId, shard, expiresAt } = credential;
  const named = c.req.query("org");
  if (named !== undefined && named.toLowerCase() !== orgId) throw notFound("organization");
  return {
    auth: "header" as const,
    org: orgId,
    shard: String(shard),
    credential: keyId,
    ...(expiresAt === null ? {} : { expires: expiresAt }),
  };
}

/** The organization whose object shall ask for the credential. */
async function organizationOf(c: Ctx, scanId: string | null): Promise<string> {
  if (scanId !== null) return ownerOf(c, scanId);
  const org = c.req.query("org")?.toLowerCase();
  if (org === undefined) {
    throw new Fault(
      "UNAUTHORIZED",
      "Send an API key in a header, or name the organization (`?org=<id>`) and send the key as the first message.",
    );
  }
  if (uuidPattern.test(org)) return org;
  throw new Fault("INVALID_REQUEST", "`org` must be the id of your organization.", {
    errors: [{ in: "query", pointer: "org", message: "Must be a UUID." }],
  });
}

async function ownerOf(c: Ctx, scanId: string): Promise<string> {
  const { meter } = c.var.cost;
  const found = await Promise.all(shards(c.env).map((d1) => readScanOwner(directoryDatabase(d1, meter), scanId)));
  return found.find((owner) => owner !== null) ?? nobody;
}

/** Only these headers reach the object: a client's own cannot pass for ours. */
async function handOver(c: Ctx, opening: Opening): Promise<Response> {
  const headers = new Headers({ Upgrade: "websocket" });
  for (const [name, header] of Object.entries(openingHeaders))
    headers.set(header, opening[name as keyof Opening] ?? "");
  const answer = await c.env.SCAN_FEED.getByName(opening.org).fetch("https://scan-feed/", { headers });
  if (!answer.webSocket) {
    throw new Fault("UNAVAILABLE", "No more sockets can be opened right now. Try again.", {
      members: { retryAfterSeconds: 5 },
    });
  }
  // The object's own headers cannot be changed, and the frame adds to them.
  return new Response(null, { status: 101, webSocket: answer.webSocket });
}
