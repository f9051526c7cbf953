import { z } from "zod";
import { openingHeaders } from "#db/frames";
import type { Env } from "#env";

const Opening = z.object({
  /** `header`: the Worker has checked the credential; `message`: the socket has to send one. */
  auth: z.enum(["header", "message"]),
  org: z.string().min(1),
  shard: z.coerce.number().int().nullable(),
  credential: z.string().nullable(),
  expires: z.string().nullable(),
  findings: z.boolean(),
  /** The last frame of all that the client has. */
  after: z.coerce.number().int().nullable(),
  scan: z.string().nullable(),
  address: z.string(),
});

export type Opening = z.infer<typeof Opening>;

/** Throws when the Worker left something out. */
export function readOpening(headers: Headers): Opening {
  const given = (name: string): string | null => headers.get(name) || null;
  const opening = Opening.parse({
    auth: given(openingHeaders.auth),
    org: given(openingHeaders.org),
    shard: given(openingHeaders.shard),
    credential: given(openingHeaders.credential),
    expires: given(openingHeaders.expires),
    findings: given(openingHeaders.findings) !== null,
    after: given(openingHeaders.after),
    scan: given(openingHeaders.scan),
    address: headers.get(openingHeaders.address) ?? "",
  });
  if (opening.auth === "header" && (opening.credential === null || opening.shard === null)) {
    throw new Error("A socket said to be authenticated without a credential");
  }
  return opening;
}

/** In capitals as well: scans are found by what their ids are written as here. */
const ScanId = z.uuid().toLowerCase();

/** Up to which frame of a scan a client has them all. */
const ResumePoint = z.strictObject({ scanId: ScanId, seq: z.int().min(0) });

/** Scans of one message; how many a socket may listen to in all is bounded, too. */
const ScanIds = z.array(ScanId).min(1).max(100);

/** What a client may say. Anything else is refused. */
const ClientMessage = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("auth"),
    token: z.string().min(1),
    resume: z
      .union([ResumePoint, z.array(ResumePoint)])
      .transform((points) => [points].flat())
      .optional(),
  }),
  // Live frames may come before it has arrived; what `auth` resumes comes before every live frame.
  ResumePoint.extend({ type: z.literal("resume") }),
  z.strictObject({ type: z.literal("subscribe"), scanIds: ScanIds }),
  // Without ids: back to all scans.
  z.strictObject({ type: z.literal("unsubscribe"), scanIds: ScanIds.optional() }),
  // A ping that is written exactly `{"type":"ping"}` is answered by the runtime and never gets here.
  z.strictObject({ type: z.literal("ping") }),
]);

export type ClientMessage = z.infer<typeof ClientMessage>;

/** Null when it is not one of our messages. */
export function parseMessage(message: string | ArrayBuffer): ClientMessage | null {
  if (typeof message !== "string") return null;
  try {
    return ClientMessage.parse(JSON.parse(message));
  } catch {
    return null;
  }
}

export const messageBytes = (message: string | ArrayBuffer): number =>
  typeof message === "string" ? new TextEncoder().encode(message).length : message.byteLength;

/** Milliseconds a socket may stay without a credential. */
export function authTimeoutMs(env: Env): number {
  const seconds = Number(env.WEBSOCKET_AUTH_TIMEOUT_SECONDS);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 1000;
}
