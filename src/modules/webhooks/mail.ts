import type { Env } from "#env";
import { sender } from "./channel-message.ts";
import type { Outcome } from "./send.ts";

/**
 * Codes of Cloudflare's Email Service (its Workers API reference, "Error codes") that the same message meets every time. The others
 * pass by themselves, or when the operator has brought the sender's domain in order.
 */
const finalCodes =
  /^E_(VALIDATION_ERROR|FIELD_MISSING|TOO_MANY_RECIPIENTS|RECIPIENT_NOT_ALLOWED|RECIPIENT_SUPPRESSED|CONTENT_TOO_LARGE|HEADER\w*)$/;

/** Codes that ask for a pause, and how long it is to be. */
const pausesSeconds: Readonly<Record<string, number>> = { E_RATE_LIMIT_EXCEEDED: 60, E_DAILY_LIMIT_EXCEEDED: 3_600 };

/**
 * Hands a message to the platform's e-mail binding. What it refuses is the attempt's outcome, told by its code; a pause as HTTP has it
 * (429). Throws when there was no answer in time, and a Fault when there is no such binding.
 */
export async function sendMail(
  env: Env,
  mail: EmailMessageBuilder,
  timeoutMs: number,
): Promise<Omit<Outcome, "durationMs">> {
  const { binding } = sender(env);
  try {
    const { messageId } = await inTime(binding.send(mail), timeoutMs);
    return { status: null, error: null, response: messageId, retryAfterSeconds: null };
  } catch (error) {
    const code = codeOf(error);
    if (code === null) throw error;
    const pause = pausesSeconds[code] ?? null;
    const status = pause === null ? null : 429;
    return {
      status,
      error: `Refused: ${code}`,
      response: null,
      retryAfterSeconds: pause,
      isFinal: finalCodes.test(code),
    };
  }
}

/** Messages of these errors may name recipients; codes do not. */
function codeOf(error: unknown): string | null {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : null;
  return typeof code === "string" && /^E_[A-Z_]{1,60}$/.test(code) ? code : null;
}

/** The binding takes no signal: what comes later than this is no longer waited for. */
async function inTime<Value>(promise: Promise<Value>, timeoutMs: number): Promise<Value> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new DOMException("too late", "TimeoutError")), timeoutMs);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
