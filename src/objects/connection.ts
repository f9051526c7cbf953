import { z } from "zod";
import type { ServerFrame } from "#db/frames";
import { Fault, type FaultCode } from "#lib/fault";

/**
 * What a socket carries with it, so that it outlives the memory of the object. `waiting`: for its credential; `checking`: the
 * credential is being looked at; `ready`: it gets frames; `closed`: by us, though the runtime may still list it.
 */
const Connection = z.object({
  connectionId: z.string(),
  phase: z.enum(["waiting", "checking", "ready", "closed"]),
  orgId: z.string(),
  /** Null until the credential says so. */
  shard: z.int().nullable(),
  /** Null: all scans of the organization. */
  scanId: z.string().nullable(),
  credentialId: z.string().nullable(),
  /** ISO 8601; null: never. */
  expiresAt: z.string().nullable(),
  /** Name of the gate that pays for unknown keys from this socket's address. */
  address: z.string(),
  /** A credential must be here by then. */
  deadlineMs: z.number(),
  authenticatedAtMs: z.number().nullable(),
});

export type Connection = z.infer<typeof Connection>;

/** Null when the socket has lost its attachment, as it does once either side has closed it. */
export function connectionOf(socket: WebSocket): Connection | null {
  const attachment: unknown = socket.deserializeAttachment();
  const parsed = Connection.safeParse(attachment);
  return parsed.success ? parsed.data : null;
}

/** Writes the changed state to the socket and answers it. */
export function changeConnection(socket: WebSocket, connection: Connection, change: Partial<Connection>): Connection {
  const changed = { ...connection, ...change };
  socket.serializeAttachment(changed);
  return changed;
}

/** False when the socket is gone; it will come back and ask for what it missed. */
export function sendFrame(socket: WebSocket, frame: ServerFrame): boolean {
  try {
    socket.send(JSON.stringify(frame));
    return true;
  } catch {
    return false;
  }
}

/** Why a socket is closed: RFC 6455 section 7.4.1, and 4000–4999 of our own. */
export interface Closing {
  readonly code: number;
  readonly reason: string;
}

export const closings = {
  newerConnection: { code: 1001, reason: "newer_connection" },
  authTimeout: { code: 1008, reason: "auth_timeout" },
  unauthorized: { code: 1008, reason: "unauthorized" },
  revoked: { code: 1008, reason: "revoked" },
  tooManyMessages: { code: 1008, reason: "too_many_messages" },
  tooBig: { code: 1009, reason: "message_too_big" },
  internal: { code: 1011, reason: "internal_error" },
  tryLater: { code: 1013, reason: "try_later" },
  expired: { code: 4001, reason: "credential_expired" },
  forbidden: { code: 4003, reason: "forbidden" },
  scanNotFound: { code: 4004, reason: "scan_not_found" },
  rateLimited: { code: 4029, reason: "rate_limited" },
} as const satisfies Record<string, Closing>;

/** Closes a socket, at most once; one that is ready is told why by a frame first. */
export function closeSocket(socket: WebSocket, { code, reason }: Closing): void {
  const connection = connectionOf(socket);
  if (connection?.phase === "closed") return;
  if (connection?.phase === "ready") sendFrame(socket, { type: "closing", code, reason });
  try {
    if (connection) changeConnection(socket, connection, { phase: "closed" });
    socket.close(code, reason);
  } catch {
    // It was closed from the other side already.
  }
}

const byFault: Partial<Record<FaultCode, Closing>> = {
  UNAUTHORIZED: closings.unauthorized,
  KEY_REVOKED: closings.unauthorized,
  KEY_EXPIRED: closings.unauthorized,
  MISSING_SCOPE: closings.forbidden,
  RESOURCE_NOT_FOUND: closings.scanNotFound,
  RATE_LIMITED: closings.rateLimited,
  UNAVAILABLE: closings.tryLater,
};

/** How a socket is closed that was refused, or that ran into a bug. */
export const closingFor = (error: unknown): Closing =>
  (error instanceof Fault ? byFault[error.code] : undefined) ?? closings.internal;
