import type { OrgContext } from "#db/context";
import { Fault } from "#lib/fault";
import { lostReason, overReason, type Claim } from "./claim.ts";
import { sendMail } from "./mail.ts";
import { requestOf, type Outgoing } from "./message.ts";
import { parseRetryAfter } from "./retries.ts";

/** How one attempt ended. */
export interface Outcome {
  /** HTTP status; null when there was no answer. */
  readonly status: number | null;
  /** Why it failed; null for 2xx. */
  readonly error: string | null;
  /** The first KiB of the answer's body. */
  readonly response: string | null;
  readonly retryAfterSeconds: number | null;
  readonly durationMs: number;
  /** The same would be refused again. */
  readonly isFinal?: boolean;
  /** Nothing was sent, and not because of the receiver: it counts neither as an attempt nor against anybody. */
  readonly isOurs?: boolean;
}

/** From the first byte sent to the last one read. */
export const timeoutMs = 15_000;

const readBytesMax = 65_536;
const keptBytesMax = 1_024;

/** Answers whose Retry-After speaks for the whole receiver. */
const asksForPause = new Set([429, 502, 503, 504]);

/** Makes one attempt. Never throws: whatever goes wrong is the attempt's outcome. Redirects are not followed. */
export async function sendOnce(org: OrgContext, claim: Claim): Promise<Outcome> {
  const startedMs = Date.now();
  const took = (): number => Math.max(0, Date.now() - startedMs);
  const nothing = { status: null, response: null, retryAfterSeconds: null, durationMs: 0, isOurs: true };
  const error = claim.data === null ? lostReason : claim.isOver ? overReason : null;
  if (error !== null) return { ...nothing, error, isFinal: true };
  let outgoing: Outgoing;
  try {
    outgoing = await requestOf(org, claim, new Date(startedMs));
  } catch (cause) {
    const fault = cause instanceof Fault ? cause : null;
    const isOurs = fault?.code !== "WEBHOOK_URL_BLOCKED";
    return { ...nothing, error: fault?.detail ?? "Cloudglass could not prepare the message", isOurs };
  }
  try {
    const ended = outgoing.kind === "email" ? await sendMail(org.env, outgoing.mail, timeoutMs) : await post(outgoing);
    return { ...ended, durationMs: took() };
  } catch (error) {
    return { status: null, error: explain(error), response: null, retryAfterSeconds: null, durationMs: took() };
  }
}

async function post({ url, headers, body }: Extract<Outgoing, { kind: "http" }>): Promise<Omit<Outcome, "durationMs">> {
  const signal = AbortSignal.timeout(timeoutMs);
  const answer = await fetch(url, { method: "POST", redirect: "manual", headers, body, signal });
  const response = await readStart(answer);
  const asked = asksForPause.has(answer.status) ? answer.headers.get("Retry-After") : null;
  const retryAfterSeconds = parseRetryAfter(asked, new Date());
  return { status: answer.status, error: refusal(answer.status), response, retryAfterSeconds };
}

function refusal(status: number): string | null {
  if (status >= 200 && status < 300) return null;
  return status >= 300 && status < 400 ? "Redirects are not followed" : `Answered ${status}`;
}

/** Words for the delivery's owner: nothing of ours, and nothing that could hold a secret. */
function explain(error: unknown): string {
  const name = error instanceof Error ? error.name : "";
  if (name === "TimeoutError" || name === "AbortError") return `No answer within ${timeoutMs / 1_000} seconds`;
  return "The connection failed";
}

/** The first KiB as text. Reads on to 64 KiB, so that a short answer ends in order; what is wrong with a body is no failure. */
async function readStart(answer: Response): Promise<string | null> {
  const reader = answer.body?.getReader();
  if (!reader) return null;
  const kept: Uint8Array[] = [];
  let bytes = 0;
  try {
    while (bytes < readBytesMax) {
      const { done, value } = await reader.read();
      if (done) break;
      if (bytes < keptBytesMax) kept.push(value.slice(0, keptBytesMax - bytes));
      bytes += value.length;
    }
    await reader.cancel();
  } catch {
    // The status has been read; the rest of the answer decides nothing.
  }
  return textOf(kept);
}

async function textOf(parts: readonly Uint8Array[]): Promise<string | null> {
  const text = await new Blob([...parts]).text();
  return text === "" ? null : text.replaceAll("\0", "");
}
