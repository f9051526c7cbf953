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
  /** `https://host` it was opened at; empty where that was before it was kept. */
  origin: z.string().default(""),
  /** Null until the credential says so. */
  shard: z.int().nullable(),
  /** Null: all scans of the organization. */
  scanId: z.string().nullable(),
  /** Of all scans only these; null: all of them. */
  subscribed: z.array(z.string()).readonly().nullable(),
  credentialId: z.string().nullable(),
  /** The credential may read findings, too. */
  findings: z.boolean(),
  /** ISO 8601; null: never. */
  expiresAt: z.string().nullable(),
  /** Name of the gate that pays for unknown keys from this socket's address. */
  address: z.string(),
  /** A credential must be here by then. */
  deadlineMs: z.number(),
  /** The last frame it has, when it comes back: those after it are sent first. */
  after: z.number().nullable(),
  /** When it last said something that woke the object, or got in. */
  heardAtMs: z.number().nullable(),
});

export type Connection = z.infer<typeof Connection>;

/** Null when the socket has lost its attachment, as it does once either side has closed it. */
export function connectionOf(socket: WebSocket): Connection | null {
  const attachment: unknown = socket.deserializeAttachment();
  const parsed = Connection.safeParse(attachment);
  return parsed.success ? parsed.data : null;
}

/** False when the socket is gone; it will come back and ask for what it missed. */
export function sendText(socket: WebSocket, text: string): boolean {
  try {
    socket.send(text);
    return true;
  } catch {
    return false;
  }
}

export const sendFrame = (socket: WebSocket, frame: ServerFrame): boolean => sendText(socket, JSON.stringify(frame));

/** Why a socket is closed: RFC 6455 section 7.4.1, and 4000–4999 of our own. */
export interface Closing {
  readonly code: number;
  readonly reason: string;
}

export const closings = {
  done: { code: 1000, reason: "done" },
  silent: { code: 1001, reason: "no_ping" },
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
