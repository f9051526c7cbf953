import type { NumberedFrame } from "#db/frames";
import { closings, connectionOf, sendFrame, sendText, type Closing, type Connection } from "./connection.ts";

/** A newer socket of the same credential takes the place of the oldest. */
const socketsPerCredential = 3;

/** Topic of the sockets that may hear of all scans. */
const everything = "org";

const topicOf = (scanId: string | null): string => (scanId === null ? everything : `scan:${scanId}`);

interface Listener {
  readonly socket: WebSocket;
  readonly connection: Connection;
}

/**
 * The sockets of the object, found by what they listen to and by whose they are. Each carries its connection as an attachment,
 * from which all this is read again after the object has slept; while it is awake nothing is parsed and a frame is written
 * into text once.
 */
export class Audience {
  readonly #ctx: DurableObjectState;
  #connections: Map<WebSocket, Connection> | null = null;
  readonly #topics = new Map<string, Set<WebSocket>>();
  readonly #credentials = new Map<string, Set<WebSocket>>();

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx;
  }

  /** Sockets that were not closed, with or without a credential. */
  get size(): number {
    return this.#known().size;
  }

  /** Null for a socket that is closed, or has lost its attachment. */
  of(socket: WebSocket): Connection | null {
    return this.#known().get(socket) ?? null;
  }

  accept(socket: WebSocket, connection: Connection): void {
    this.#known();
    this.#ctx.acceptWebSocket(socket, [connection.phase]);
    socket.serializeAttachment(connection);
    this.#take(socket, connection);
  }

  /** Writes the changed state to the socket and answers it. */
  change(socket: WebSocket, connection: Connection, change: Partial<Connection>): Connection {
    const changed = { ...connection, ...change };
    socket.serializeAttachment(changed);
    this.#take(socket, changed);
    return changed;
  }

  forget(socket: WebSocket): void {
    const connection = this.of(socket);
    if (!connection) return;
    this.#known().delete(socket);
    remove(this.#topics, topicOf(connection.scanId), socket);
    remove(this.#credentials, connection.credentialId ?? "", socket);
  }

  /** Sockets that get frames. */
  ready(): Listener[] {
    return [...this.#known()]
      .map(([socket, connection]) => ({ socket, connection }))
      .filter(({ connection }) => connection.phase === "ready");
  }

  /** About how many sockets get the frames of a scan. */
  watchersOf(scanId: string): number {
    this.#known();
    return [topicOf(scanId), everything].reduce((sum, topic) => sum + (this.#topics.get(topic)?.size ?? 0), 0);
  }

  /** Sends frames to whom they concern. Answers how many sockets were written to. */
  broadcast(frames: readonly NumberedFrame[]): number {
    this.#known();
    const now = new Date().toISOString();
    const reached = new Set<WebSocket>();
    for (const frame of frames) {
      const text = JSON.stringify(frame);
      for (const topic of [topicOf(frame.scanId), everything]) {
        for (const socket of this.#topics.get(topic) ?? []) {
          if (this.#isDue(socket, frame, now) && sendText(socket, text)) reached.add(socket);
        }
      }
    }
    return reached.size;
  }

  #isDue(socket: WebSocket, frame: NumberedFrame, now: string): boolean {
    const connection = this.of(socket);
    if (connection?.phase !== "ready" || !concerns(frame, connection)) return false;
    if (connection.expiresAt === null || connection.expiresAt > now) return true;
    this.close(socket, closings.expired);
    return false;
  }

  /** Closes a socket, at most once; one that is ready is told why by a frame first. */
  close(socket: WebSocket, { code, reason }: Closing): void {
    const connection = this.of(socket);
    if (!connection) return;
    if (connection.phase === "ready") sendFrame(socket, { type: "closing", code, reason });
    try {
      // The runtime may still list it.
      this.change(socket, connection, { phase: "closed" });
      socket.close(code, reason);
    } catch {
      // It was closed from the other side already.
    }
    this.forget(socket);
  }

  /** Closes every socket of a credential, also those whose check has not ended. Answers how many. */
  closeCredential(credentialId: string, closing: Closing = closings.revoked): number {
    this.#known();
    const theirs = [...(this.#credentials.get(credentialId) ?? [])];
    for (const socket of theirs) this.close(socket, closing);
    return theirs.length;
  }

  /** Connection ids are in order of time, so the smallest is the oldest. */
  keepNewest(credentialId: string): void {
    const theirs = [...(this.#credentials.get(credentialId) ?? [])]
      .map((socket) => ({ socket, connection: this.of(socket) }))
      .filter(({ connection }) => connection?.phase === "ready")
      .toSorted((a, b) => ((a.connection?.connectionId ?? "") < (b.connection?.connectionId ?? "") ? -1 : 1));
    for (const { socket } of theirs.slice(0, Math.max(0, theirs.length - socketsPerCredential))) {
      this.close(socket, closings.newerConnection);
    }
  }

  #known(): Map<WebSocket, Connection> {
    if (this.#connections) return this.#connections;
    this.#connections = new Map();
    for (const socket of this.#ctx.getWebSockets()) {
      const connection = connectionOf(socket);
      if (connection && connection.phase !== "closed") this.#take(socket, connection);
    }
    return this.#connections;
  }

  #take(socket: WebSocket, connection: Connection): void {
    this.#known().set(socket, connection);
    add(this.#topics, topicOf(connection.scanId), socket);
    if (connection.credentialId !== null) add(this.#credentials, connection.credentialId, socket);
  }
}

/** Whether a frame is for this socket: of its scans, and nothing of findings for who may not read them. */
export const concerns = ({ type, scanId }: NumberedFrame, { scanId: own, subscribed, findings }: Connection): boolean =>
  (type !== "finding" || findings) &&
  (own === null || own === scanId) &&
  (subscribed === null || subscribed.includes(scanId));

function add(index: Map<string, Set<WebSocket>>, name: string, socket: WebSocket): void {
  const sockets = index.get(name);
  if (sockets) sockets.add(socket);
  else index.set(name, new Set([socket]));
}

function remove(index: Map<string, Set<WebSocket>>, name: string, socket: WebSocket): void {
  const sockets = index.get(name);
  sockets?.delete(socket);
  if (sockets?.size === 0) index.delete(name);
}
