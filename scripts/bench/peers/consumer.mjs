// The queue of a scan's tasks outside the local broker: messages are handed to the consumer in their order, so many at a time.
import { BindingResponse } from "../runtime.mjs";

const queueName = "scan-tasks";
const attemptsMax = 6;

/** What is to be delivered again after a batch of one. */
const isRetried = ({ outcome, retryBatch, retryMessages }) =>
  outcome !== "ok" || retryBatch?.retry === true || retryMessages?.length > 0;

/**
 * `service` is what the product's wrapper hands its messages to. `start(worker)` begins to hand them on. `atOnce(W)` sets how
 * many run side by side; `idle()` resolves when nothing runs or waits any more, with the first beginning, the last end, and
 * what ran in between.
 */
export function newConsumer() {
  const waiting = [];
  let worker = null;
  let width = 1;
  let running = 0;
  let ran = [];
  let retries = 0;
  let idle = Promise.withResolvers();

  async function hand(message) {
    const start = performance.now();
    const outcome = await worker.queue(queueName, [message]);
    ran.push({ ...message.body, start, end: performance.now() });
    if (!isRetried(outcome)) return;
    retries += 1;
    if (message.attempts >= attemptsMax) throw new Error(`Task ${message.body.taskId} failed ${attemptsMax} times`);
    waiting.push({ ...message, attempts: message.attempts + 1 });
  }

  async function drain() {
    running += 1;
    while (waiting.length > 0) await hand(waiting.shift());
    running -= 1;
    if (running === 0) idle.resolve();
  }

  function next() {
    if (!worker) return;
    for (let free = Math.min(width - running, waiting.length); free > 0; free -= 1) drain().catch(idle.reject);
  }

  const message = (body) => ({ id: crypto.randomUUID(), timestamp: new Date(), attempts: 1, body });
  return {
    service: async (request) => {
      waiting.push(...(await request.json()).map(message));
      next();
      return new BindingResponse(null, { status: 204 });
    },
    start(given) {
      worker = given;
      next();
    },
    atOnce: (most) => (width = most),
    async idle() {
      await idle.promise;
      const taken = { ran, retries, start: ran[0].start, end: Math.max(...ran.map(({ end }) => end)) };
      [ran, retries, idle] = [[], 0, Promise.withResolvers()];
      return taken;
    },
  };
}
