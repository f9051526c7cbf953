import type { ScanFrame, ScanRecord } from "#db/frames";
import type { Env } from "#env";
import { Fault, faults, type FaultCode } from "#lib/fault";
import type { Audience } from "./audience.ts";
import { connectionOf, sendFrame, type Connection } from "./connection.ts";
import type { Feed } from "./frame-store.ts";

/** What all that the feed does with a socket has at hand. */
export interface Desk {
  readonly env: Env;
  readonly ctx: DurableObjectState;
  readonly audience: Audience;
  /** Scans as the database has them. */
  read(connection: Connection, which: "active" | readonly string[]): Promise<ScanRecord[]>;
  /** The scans under way, and how far the frames were before they were read. */
  readActive(connection: Connection): Promise<Listened>;
  /** The same, and those that have ended whose frames are kept. */
  readKept(connection: Connection): Promise<Listened>;
  publish(frames: readonly ScanFrame[]): Promise<number>;
  /** Forgets a scan that the database does not know. */
  deleteScan(scanId: string): void;
  /** Looks after the sockets in so many milliseconds at the latest. */
  lookAfter(inMs: number): Promise<void>;
}

/** Scans as they were read after `feeds` and `eventId` had come so far. */
export interface Listened {
  readonly records: readonly ScanRecord[];
  readonly feeds: ReadonlyMap<string, Feed>;
  /** Number of the last frame of all. */
  readonly eventId: number;
}

interface Refusal {
  readonly code: string;
  readonly reason: string;
  readonly fault: FaultCode;
  readonly detail: string;
  readonly members?: Readonly<Record<string, unknown>>;
}

/** Tells what was wrong with a message, as a problem (RFC 9457) whose type leads to its page. */
export function refuse(socket: WebSocket, { code, reason, fault, detail, members = {} }: Refusal): void {
  const type = `${connectionOf(socket)?.origin ?? ""}/problems/${fault.toLowerCase().replaceAll("_", "-")}`;
  const { title, status } = faults[fault];
  sendFrame(socket, { type: "error", code, reason, problem: { type, title, status, detail, code: fault, ...members } });
}

export const refuseMessage = (socket: WebSocket, detail: string): void =>
  refuse(socket, { code: "INVALID_MESSAGE", reason: "invalid_message", fault: "INVALID_REQUEST", detail });

export const refuseScan = (socket: WebSocket, scanId: string): void =>
  refuse(socket, {
    code: "RESOURCE_NOT_FOUND",
    reason: "scan_not_found",
    fault: "RESOURCE_NOT_FOUND",
    detail: "There is no scan with this id in your organization.",
    members: { scanId },
  });

/** One JSON line; neither statements with their parameters nor tokens are in it. */
export function logBug(error: unknown): void {
  if (error instanceof Fault) return;
  const failure = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const text = failure instanceof Error ? `${failure.name}: ${failure.message}` : typeof failure;
  console.error(JSON.stringify({ level: "error", msg: "scan feed", cause: text }));
}
