import { directoryDatabase } from "#db/database";
import { readScanOwner } from "#db/frames";
import { shards } from "#db/shards";
import { Fault, notFound } from "#lib/fault";
import { uuidPattern } from "#lib/id";
import { apiBase, type App, type Ctx } from "./context.ts";
import {
  chosenProtocol,
  lastEventIdOf,
  listenerOf,
  openAtFeed,
  refuseKeysInUrl,
  refuseOtherOrganization,
  type Opening,
} from "./listener.ts";
import { passAddressGate } from "./gate.ts";
import { allowedOrigin } from "./security.ts";

/** An object that nobody's key opens: what asks for a scan that is nowhere is refused like what asks for another organization's. */
const nobody = "unknown";

/** `/ws`: the organization's scans; `/scans/{id}/ws`: one scan's. The organization's ScanFeed object takes the socket over. */
export function socketRoutes(app: App): void {
  app.get(`${apiBase}/ws`, (c) => openSocket(c, null));
  app.get(`${apiBase}/scans/:id/ws`, (c) => openSocket(c, c.req.param("id").toLowerCase()));
}

/**
 * A credential in a header, a subprotocol or a ticket is checked here; without one the socket has to send it as its first
 * message, and its address pays. Faults: INVALID_REQUEST for a credential in the URL, UPGRADE_REQUIRED, FORBIDDEN for a foreign
 * origin, RESOURCE_NOT_FOUND, those of `listenerOf` and `passAddressGate`.
 */
async function openSocket(c: Ctx, scanId: string | null): Promise<Response> {
  c.set("route", scanId === null ? "/ws" : "/scans/{id}/ws");
  refuseKeysInUrl(c);
  if (c.req.header("upgrade")?.toLowerCase() !== "websocket") {
    throw new Fault("UPGRADE_REQUIRED", "Open this address as a WebSocket (`Upgrade: websocket`).");
  }
  refuseForeignOrigin(c);
  if (scanId !== null && !uuidPattern.test(scanId)) throw notFound("scan");
  const after = lastEventIdOf(c);
  const listener = await listenerOf(c, scanId);
  if (listener) refuseOtherOrganization(c, listener);
  else await passAddressGate(c, "ws-connect");
  const opening: Opening = listener ?? { auth: "message", org: await organizationOf(c, scanId) };
  const webSocket = await openAtFeed(c, {
    ...opening,
    ...(after === null ? {} : { after }),
    ...(scanId === null ? {} : { scan: scanId }),
  });
  return new Response(null, { status: 101, webSocket, headers: chosenProtocol(c) });
}

/** Pages of our own may, and those of the origins that are allowed. */
function refuseForeignOrigin(c: Ctx): void {
  const origin = c.req.header("origin");
  if (origin === undefined || origin === new URL(c.req.url).origin) return;
  if (allowedOrigin(origin, c.env.CORS_ORIGINS) === null) {
    throw new Fault("FORBIDDEN", "Sockets may not be opened from this origin.");
  }
}

/** The organization whose object shall ask for the credential. */
async function organizationOf(c: Ctx, scanId: string | null): Promise<string> {
  if (scanId !== null) return ownerOf(c, scanId);
  const org = c.req.query("org")?.toLowerCase();
  if (org === undefined) {
    throw new Fault(
      "UNAUTHORIZED",
      "Send an API key in a header or a ticket, or name the organization (`?org=<id>`) and send the key as the first message.",
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
