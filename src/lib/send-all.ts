/** Messages that one `sendBatch` takes. */
const batchMax = 100;

/** Sends messages however many they are; what a batch is refused with is thrown, and those before it are sent. */
export async function sendAll<Body>(queue: Queue<Body>, bodies: readonly Body[]): Promise<void> {
  for (let start = 0; start < bodies.length; start += batchMax)
    await queue.sendBatch(bodies.slice(start, start + batchMax).map((body) => ({ body })));
}
