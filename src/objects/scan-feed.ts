import { DurableObject } from "cloudflare:workers";
import { newMeter, orgDatabase } from "#db/database";
import { readScanRecords, type ScanFrame, type ScanRecord } from "#db/frames";
import { shardOf } from "#db/shards";
import type { Env } from "#env";
import { Fault } from "#lib/fault";
import { newId } from "#lib/id";
import { Audience } from "./audience.ts";
import { closingFor, closings, type Connection } from "./connection.ts";
import { logBug, refuse, type Desk, type Listened } from "./desk.ts";
import { allFeeds, append, deleteScanFrames, keepHeld, lastEventId, takeHeld } from "./frame-store.ts";
import { authTimeoutMs, messageBytes, parseMessage, readOpening, type ClientMessage, type Opening } from "./opening.ts";
import { Pacer } from "./pacer.ts";
import { answerMessage } from "./requests.ts";
import { SharedRead } from "./shared-read.ts";
import { dropOldTickets, keepTicket, takeTicket, type Ticket } from "./tickets.ts";
import { lookAfterAll, upkeepEveryMs, upkeepWhileRunningMs } from "./upkeep.ts";
import { admitByMessage, admitKnown } from "./welcome.ts";

const messageBytesMax = 4_096;
/** Messages of one socket that may wait while one of them is being worked on. */
const messagesWaitingMax = 16;
/** The runtime holds 32,768; who comes after ours is told to come back. */
const socketsMax = 20_000;

/**
 * An organization's live news: one object per organization, named by its id. Scans publish, sockets listen; between frames
 * the object sleeps and its sockets stay.
 *
 * Guarantees: no frame before the credential is good (but for `pong` and the news of a timeout); none to another organization;
 * `seq` of a scan strictly increases, and `eventId` over all of them; percent never falls; nothing follows a scan's last frame.
 * Not guaranteed: that every frame arrives. Who missed some gets them by `resume` (the last 200 of each scan) or by the last
 * `eventId` (the last 1,000 of all), and the end of a scan is read from the database when its frame was lost. What is
 * published together may be sent as one: findings are then counted together.
 */
export class ScanFeed extends DurableObject<Env> {
  /** By connection: what is being worked on. Lost with the memory, together with the work. */
  readonly #inboxes = new Map<string, { last: Promise<void>; waiting: number }>();
  readonly #audience: Audience;
  readonly #desk: Desk;
  readonly #pacer: Pacer;
  readonly #active = new SharedRead<Listened>();
  readonly #kept = new SharedRead<Listened>();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#audience = new Audience(ctx);
    this.#desk = {
      env,
      ctx,
      audience: this.#audience,
      read: (connection, which) => this.#read(connection, which),
      readActive: (connection) => this.#active.ask(() => this.#readActive(connection)),
      readKept: (connection) => this.#kept.ask(() => this.#readKept(connection)),
      publish: (frames) => this.publish(frames),
      deleteScan: (scanId) => this.deleteScan(scanId),
      lookAfter: (inMs) => this.#lookAfter(inMs),
    };
    this.#pacer = new Pacer({
      watchers: (scanId) => this.#audience.watchersOf(scanId),
      send: (frame) => void this.#send([frame]).catch(logBug),
      keep: (scanId, held) => keepHeld(ctx.storage.kv, scanId, held),
    });
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('{"type":"ping"}', '{"type":"pong"}'));
    // Timers do not outlive a restart, and neither does a check under way.
    for (const socket of ctx.getWebSockets("waiting")) this.#expectCredential(socket);
    void this.publish(takeHeld(ctx.storage.kv)).catch(logBug);
  }

  /** Numbers, keeps and broadcasts what is not held back. Answers how many sockets were written to. */
  publish(frames: readonly ScanFrame[]): Promise<number> {
    return this.#send(frames.flatMap((frame) => this.#pacer.pass(frame)));
  }

  async #send(frames: readonly ScanFrame[]): Promise<number> {
    const numbered = frames.map((frame) => append(this.ctx.storage.kv, frame)).filter((frame) => frame !== null);
    const reached = this.#audience.broadcast(numbered);
    if (reached > 0 && numbered.some(({ type }) => type === "progress")) await this.#lookAfter(upkeepWhileRunningMs);
    return reached;
  }

  /** Closes every socket of a credential at once. To be called when the gate knows of the revocation. Answers how many. */
  closeCredential(credentialId: string): number {
    return this.#audience.closeCredential(credentialId);
  }

  /** Keeps a ticket, of which only the hash is known here, until it is used or too old. */
  async keepTicket(hash: string, ticket: Ticket, untilMs: number): Promise<void> {
    keepTicket(this.ctx.storage.kv, hash, ticket, untilMs);
    await this.#lookAfter(upkeepEveryMs);
  }

  /** Whose ticket it is, once; null: nobody's, any more. */
  takeTicket(hash: string): Ticket | null {
    return takeTicket(this.ctx.storage.kv, hash, Date.now());
  }

  /** Forgets a scan's frames. */
  deleteScan(scanId: string): void {
    this.#pacer.drop(scanId);
    deleteScanFrames(this.ctx.storage.kv, scanId);
  }

  /** Takes a socket over from the Worker, which has written `openingHeaders`. */
  override async fetch(request: Request): Promise<Response> {
    const opening = readOpening(request.headers);
    if (this.#audience.size >= socketsMax) return new Response(null, { status: 503 });
    const { 0: client, 1: server } = new WebSocketPair();
    this.#audience.accept(
      server,
      newConnection(opening, new URL(request.url).origin, Date.now() + authTimeoutMs(this.env)),
    );
    if (opening.auth === "header") await this.#guarded(server, () => admitKnown(this.#desk, server));
    else this.#expectCredential(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  /** One message after the other for each socket, so that what follows an `auth` waits for its outcome. */
  override async webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    const connection = this.#audience.of(socket);
    if (!connection) return;
    if (messageBytes(message) > messageBytesMax) return this.#audience.close(socket, closings.tooBig);
    const inbox = this.#inboxes.get(connection.connectionId) ?? { last: Promise.resolve(), waiting: 0 };
    if (inbox.waiting >= messagesWaitingMax) return this.#audience.close(socket, closings.tooManyMessages);
    if (connection.phase === "waiting") this.#audience.change(socket, connection, { phase: "checking" });
    inbox.waiting += 1;
    inbox.last = inbox.last.then(() => this.#guarded(socket, () => this.#handle(socket, parseMessage(message))));
    this.#inboxes.set(connection.connectionId, inbox);
    await inbox.last;
    inbox.waiting -= 1;
    if (inbox.waiting === 0) this.#inboxes.delete(connection.connectionId);
  }

  override webSocketClose(socket: WebSocket): void {
    this.#audience.forget(socket);
  }

  override webSocketError(socket: WebSocket): void {
    this.#audience.forget(socket);
  }

  /** Looks after the sockets while there are any, and after tickets. */
  override async alarm(): Promise<void> {
    // An alarm that throws is tried six times and then gone; this one comes again by itself.
    await lookAfterAll(this.#desk, Date.now()).catch(logBug);
    const { kv } = this.ctx.storage;
    const ready = this.#audience.ready();
    const running = [...allFeeds(kv).values()].some(({ ended }) => !ended);
    if (ready.length > 0) await this.#lookAfter(running ? upkeepWhileRunningMs : upkeepEveryMs);
    if (dropOldTickets(kv, Date.now())) await this.#lookAfter(upkeepWhileRunningMs);
    const ends = ready.flatMap(({ connection: { expiresAt } }) => (expiresAt === null ? [] : Date.parse(expiresAt)));
    if (ends.length > 0) await this.#lookAfter(Math.max(0, ends.reduce((a, b) => Math.min(a, b)) - Date.now()));
  }

  /** Closes the socket at its deadline if it is then still where it is now. */
  #expectCredential(socket: WebSocket): void {
    const connection = this.#audience.of(socket);
    if (connection?.phase !== "waiting" && connection?.phase !== "checking") return;
    const late = (): void => {
      if (this.#audience.of(socket)?.phase !== connection.phase) return;
      const detail = "Send `auth` with an API key as the first message.";
      refuse(socket, { code: "AUTH_TIMEOUT", reason: closings.authTimeout.reason, fault: "UNAUTHORIZED", detail });
      this.#audience.close(socket, closings.authTimeout);
    };
    setTimeout(late, Math.max(0, connection.deadlineMs - Date.now()));
  }

  async #guarded(socket: WebSocket, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      logBug(error);
      this.#audience.close(socket, closingFor(error));
    }
  }

  async #handle(socket: WebSocket, message: ClientMessage | null): Promise<void> {
    const connection = this.#audience.of(socket);
    if (!connection) return;
    if (connection.phase === "ready") {
      const heard = this.#audience.change(socket, connection, { heardAtMs: Date.now() });
      return answerMessage(this.#desk, socket, heard, message);
    }
    if (message?.type !== "auth") throw new Fault("UNAUTHORIZED", "The first message must be `auth`.");
    return admitByMessage(this.#desk, socket, connection, message);
  }

  #read({ orgId, shard }: Connection, which: "active" | readonly string[]): Promise<ScanRecord[]> {
    if (shard === null) throw new Error("A socket without a shard asked for scans");
    return readScanRecords(orgDatabase(shardOf(this.env, shard), orgId, newMeter()), orgId, which);
  }

  async #readActive(connection: Connection): Promise<Listened> {
    const { kv } = this.ctx.storage;
    const before = { feeds: allFeeds(kv), eventId: lastEventId(kv) };
    return { ...before, records: await this.#read(connection, "active") };
  }

  async #readKept(connection: Connection): Promise<Listened> {
    const active = await this.#readActive(connection);
    const known = new Set(active.records.map(({ id }) => id));
    const others = [...active.feeds.keys()].filter((id) => !known.has(id));
    return { ...active, records: [...active.records, ...(await this.#read(connection, others))] };
  }

  /** Sets the alarm, unless it is to come sooner. */
  async #lookAfter(inMs: number): Promise<void> {
    const at = Date.now() + inMs;
    const alarmAt = await this.ctx.storage.getAlarm();
    if (alarmAt === null || alarmAt > at) await this.ctx.storage.setAlarm(at);
  }
}

function newConnection(opening: Opening, origin: string, deadlineMs: number): Connection {
  return {
    connectionId: newId(),
    phase: opening.auth === "header" ? "checking" : "waiting",
    orgId: opening.org,
    origin,
    shard: opening.shard,
    scanId: opening.scan,
    subscribed: null,
    credentialId: opening.credential,
    findings: opening.findings,
    expiresAt: opening.expires,
    address: opening.address,
    deadlineMs,
    after: opening.after,
    heardAtMs: null,
  };
}
