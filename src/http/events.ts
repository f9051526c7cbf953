import { Fault, notFound } from "#lib/fault";
import { uuidPattern } from "#lib/id";
import { invalidRequest } from "#lib/validate";
import { requireAccepted } from "./accept.ts";
import type { Ctx } from "./context.ts";
import { lastEventIdOf, listenerOf, openAtFeed, refuseKeysInUrl } from "./listener.ts";
import { readQuery } from "./validate.ts";

const mediaType = "text/event-stream";
/** A line that says nothing, so that nobody in between takes the stream for dead. */
const beatMs = 15_000;
/** What a client may leave unread before it is cut off: it comes back and is told what it missed. */
const unreadBytesMax = 2 ** 21;
/** When a client comes back: not all at once; later where it was sent away for good reason. */
const retryMs = (): number => 2_000 + Math.floor(Math.random() * 2_000);
const retryLaterMs = 60_000;

/**
 * The organization's frames as Server-Sent Events. They come through a socket like any other, so that credentials, revocation
 * and limits are looked after there. Faults: those of `listenerOf`, INVALID_REQUEST, RESOURCE_NOT_FOUND, UNAVAILABLE.
 */
export async function streamEvents(c: Ctx): Promise<Response> {
  refuseKeysInUrl(c);
  const scanId = c.req.query("scanId")?.toLowerCase() ?? null;
  const listener = await listenerOf(c, scanId);
  if (!listener) {
    throw new Fault("UNAUTHORIZED", "Send an API key in a header, or a ticket in the URL: POST /api/v1/ws/tickets.");
  }
  readQuery(new URL(c.req.url), ["scanId", "lastEventId", "ticket", "token"]);
  if (scanId !== null && !uuidPattern.test(scanId)) {
    throw invalidRequest([{ in: "query", pointer: "scanId", message: "Must be the id of a scan." }]);
  }
  requireAccepted(c.req.header("accept"), mediaType);
  const after = /^\d{1,15}$/.exec(c.req.header("last-event-id") ?? "")?.[0] ?? lastEventIdOf(c);
  const headers = { "Content-Type": mediaType, "Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no" };
  if (c.req.method === "HEAD") return new Response(null, { headers });
  const socket = await openAtFeed(c, {
    ...listener,
    ...(after === null ? {} : { after }),
    ...(scanId === null ? {} : { scan: scanId }),
  });
  return new Response(await eventsOf(socket), { headers });
}

const encoder = new TextEncoder();

/** What comes through a socket, as a stream that begins with its first frame. Faults when there is none. */
function eventsOf(socket: WebSocket): Promise<ReadableStream<Uint8Array>> {
  const begun = Promise.withResolvers<ReadableStream<Uint8Array>>();
  let isAnswered = true;
  const beat = setInterval(() => {
    if (!isAnswered || socket.readyState !== WebSocket.OPEN) return end();
    isAnswered = false;
    write(":\n\n");
    socket.send('{"type":"ping"}');
  }, beatMs);
  const end = (): void => {
    clearInterval(beat);
    closeQuietly(out);
    out = null;
    socket.close(1000);
  };
  let out: ReadableStreamDefaultController<Uint8Array> | null = null;
  const start = (controller: ReadableStreamDefaultController<Uint8Array>): void => void (out = controller);
  const stream = new ReadableStream(
    { start, cancel: end },
    new ByteLengthQueuingStrategy({ highWaterMark: unreadBytesMax }),
  );
  const write = (text: string): void => {
    // Nobody reads any more, or too slowly: nothing follows, as a gap could not be seen.
    if ((out?.desiredSize ?? 0) <= 0) return end();
    out?.enqueue(encoder.encode(text));
  };
  socket.addEventListener("message", ({ data }) => {
    // safe: the object's own frames.
    const frame = JSON.parse(String(data)) as Frame;
    isAnswered = true;
    if (frame.type === "ready") write(`retry: ${retryMs()}\n\n`);
    if (frame.type !== "pong") write(eventOf(frame, String(data)));
    begun.resolve(stream);
  });
  socket.addEventListener("close", ({ code }) => {
    begun.reject(refusalOf(code));
    end();
  });
  socket.accept();
  return begun.promise;
}

interface Frame {
  readonly type: string;
  readonly eventId?: number;
  readonly code?: number;
}

/**
 * As HTML's section 9.2 has it: the number to come back with, the type, and the frame as sockets get it. `error` is what an
 * EventSource itself calls a lost connection.
 */
function eventOf({ type, eventId, code }: Frame, data: string): string {
  const id = eventId === undefined ? "" : `id: ${eventId}\n`;
  const isSentAway = type === "closing" && (code === 1000 || code === 1001);
  return `${isSentAway ? `retry: ${retryLaterMs}\n` : ""}${id}event: ${type === "error" ? "scan_error" : type}\ndata: ${data}\n\n`;
}

/** Why a socket was closed before it had said anything. */
function refusalOf(code: number): Fault {
  if (code === 4004) return notFound("scan");
  if (code === 1008) return new Fault("KEY_REVOKED", "This key was revoked. Use another one.");
  return new Fault("UNAVAILABLE", "The stream could not be opened right now. Try again.", {
    members: { retryAfterSeconds: 1 },
  });
}

function closeQuietly(out: ReadableStreamDefaultController<Uint8Array> | null): void {
  try {
    out?.close();
  } catch {
    // The client has left already.
  }
}
