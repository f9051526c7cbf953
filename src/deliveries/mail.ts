import type { Env } from "#env";
import { sender } from "./channel-message.ts";
import type { Outcome } from "./send.ts";

/**
 * Codes of Cloudflare's Email Service (its Workers API reference, "Error codes") that the same message meets every time. The others
 * pass by themselves, or when the operator has brought the sender's domain in order.
 */
const finalCodes =
  /^E_(VALIDATION_ERROR|FIELD_MISSING|TOO_MANY_RECIPIENTS|RECIPIENT_NOT_ALLOWED|CONTENT_TOO_LARGE|HEADER\w*)$/;

/** One recipient is enough for the whole message to be refused so; the others may be reached without that one. */
const speaksOfOne = /E_RECIPIENT_(NOT_ALLOWED|SUPPRESSED)$/;

/** Codes that ask for a pause, and how long it is to be. */
const pausesSeconds: Readonly<Record<string, number>> = { E_RATE_LIMIT_EXCEEDED: 60, E_DAILY_LIMIT_EXCEEDED: 3_600 };

type Ended = Omit<Outcome, "durationMs">;

/**
 * Hands a message to the platform's e-mail binding. What it refuses is the attempt's outcome, told by its code; a pause as HTTP has it
 * (429). Delivered when anybody was reached, since another attempt would reach those again; the answer then tells how many were not.
 * Throws when there was no answer in time, and a Fault when there is no such binding.
 */
export async function sendMail(env: Env, mail: EmailMessageBuilder, timeoutMs: number): Promise<Ended> {
  const { binding } = sender(env);
  const untilMs = Date.now() + timeoutMs;
  const ends = await sendApart(
    (to) => sendOnce(binding, { ...mail, to }, untilMs - Date.now()),
    [mail.to ?? []].flat(),
  );
  const answers = ends.flatMap((end) => (end.status === "fulfilled" ? [end.value] : []));
  const reached = answers.filter(({ error }) => error === null);
  const [first] = reached;
  if (first) {
    const refusals = [...new Set(answers.flatMap(({ error }) => error ?? []))].join(", ");
    const response = `Accepted for ${reached.length} of ${ends.length} recipients. ${refusals}`.trim();
    return reached.length === ends.length ? first : { ...first, response };
  }
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  const refused = answers.find(({ isFinal }) => !isFinal) ?? answers[0];
  if (!refused) throw new Error("A message to nobody");
  return refused;
}

/** One end for each recipient. Halves what is refused for the sake of some, until these stand alone: twice as many calls as recipients at most. */
async function sendApart<To>(send: (to: To[]) => Promise<Ended>, to: To[]): Promise<PromiseSettledResult<Ended>[]> {
  const [end] = await Promise.allSettled([send(to)]);
  if (to.length < 2 || end.status === "rejected" || !speaksOfOne.test(end.value.error ?? "")) return to.map(() => end);
  const half = to.length >> 1;
  return (await Promise.all([to.slice(0, half), to.slice(half)].map((part) => sendApart(send, part)))).flat();
}

async function sendOnce(binding: SendEmail, mail: EmailMessageBuilder, timeoutMs: number): Promise<Ended> {
  try {
    const { messageId } = await inTime(binding.send(mail), timeoutMs);
    return { status: null, error: null, response: messageId, retryAfterSeconds: null };
  } catch (error) {
    const code = codeOf(error);
    if (code === null) throw error;
    const pause = pausesSeconds[code] ?? null;
    return {
      status: pause === null ? null : 429,
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
