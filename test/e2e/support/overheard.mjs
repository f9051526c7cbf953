// Cloudglass as it is, with what its queues deliver printed: in the local runtime messages lie in no file.
import worker from "../../../src/worker.ts";

export { OrgGate, ScanFeed } from "../../../src/worker.ts";

/** What a line begins with that holds a message. */
const mark = "queue message ";

export default {
  ...worker,
  queue(batch, env, ctx) {
    for (const { body } of batch.messages) console.log(`${mark}${JSON.stringify(body)}`);
    return worker.queue(batch, env, ctx);
  },
};
