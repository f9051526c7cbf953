// The product with everything counted that it asks of D1 and of its queues: what D1 itself says, whoever asked and whenever,
// so that figures the product tells of itself can be held against it. Not used where latency is measured.
const zero = () => ({ rowsRead: 0, rowsWritten: 0, roundTrips: 0, messages: 0 });
let total = zero();

const noted = (results) => {
  total.roundTrips += 1;
  for (const { meta } of results) {
    total.rowsRead += meta.rows_read;
    total.rowsWritten += meta.rows_written;
  }
};

const statement = (inner) => {
  const all = async () => {
    const result = await inner.all();
    noted([result]);
    return result;
  };
  return { inner, bind: (...values) => statement(inner.bind(...values)), all, run: all };
};

const database = (d1) => ({
  prepare: (text) => statement(d1.prepare(text)),
  batch: async (statements) => {
    const results = await d1.batch(statements.map(({ inner }) => inner));
    noted(results);
    return results;
  },
});

const queue = (inner) => ({
  send: (body, options) => {
    total.messages += 1;
    return inner.send(body, options);
  },
  sendBatch: (messages, options) => {
    total.messages += messages.length;
    return inner.sendBatch(messages, options);
  },
});

let wrapped;
const counted = (env) =>
  (wrapped ??= {
    ...env,
    DB: database(env.DB),
    SCAN_TASKS: queue(env.SCAN_TASKS),
    DELIVERIES: queue(env.DELIVERIES),
    ALERTS: queue(env.ALERTS),
  });

/** What was counted since it was asked for last. */
function taken() {
  const answer = Response.json(total);
  total = zero();
  return answer;
}

/** The Worker with counting around it. */
export const around = (product) => ({
  fetch: (request, env, ctx) =>
    new URL(request.url).pathname === "/counted" ? taken() : product.fetch(request, counted(env), ctx),
  queue: (batch, env, ctx) => product.queue(batch, counted(env), ctx),
  scheduled: (controller, env, ctx) => product.scheduled(controller, counted(env), ctx),
});
