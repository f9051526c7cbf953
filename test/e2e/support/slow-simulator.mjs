// The simulated AWS account as far away as AWS is: every answer takes a while, so that a scan has a middle.
import simulator from "../../../simulator/worker.ts";

export default {
  async fetch(request, { DELAY_MS }) {
    await new Promise((resolve) => setTimeout(resolve, DELAY_MS));
    return simulator.fetch(request);
  },
};
