import type { Env } from "#env";

/** An operation that failed because the simulation said so. */
export class Injected extends Error {
  override readonly name = "Injected";
}

/** When an I/O operation fails: the n-th of an invocation, before or after it had its effect. */
export interface FaultPlan {
  /** Asked once before and once after each operation; true: fail here. */
  fails(operation: { readonly name: string; readonly number: number }, moment: "before" | "after"): boolean;
  /** `crash`: everything after it fails too, as if the process had died. `error`: only this one. */
  readonly mode: "crash" | "error";
}

export const noFaults: FaultPlan = { fails: () => false, mode: "error" };

/** The I/O of one invocation. */
export class Io {
  operations = 0;
  crashed = false;
  readonly #plan: FaultPlan;

  constructor(plan: FaultPlan) {
    this.#plan = plan;
  }

  async around<T>(name: string, operation: () => Promise<T>): Promise<T> {
    if (this.crashed) throw new Injected(`dead: ${name}`);
    this.operations += 1;
    const number = this.operations;
    this.#check(name, number, "before");
    const result = await operation();
    if (this.crashed) throw new Injected(`dead: ${name}`);
    this.#check(name, number, "after");
    return result;
  }

  #check(name: string, number: number, moment: "before" | "after"): void {
    if (!this.#plan.fails({ name, number }, moment)) return;
    this.crashed = this.#plan.mode === "crash";
    throw new Injected(`${moment} ${name} (${number})`);
  }
}

/** A queue's messages as the simulation keeps them. */
export type QueueName = "scan-tasks" | "deliveries" | "alerts";
export type Enqueue = (queue: QueueName, bodies: readonly unknown[]) => void;

/** The real bindings behind a proxy through which every I/O operation passes; queues and AWS are the simulation's. */
export function faultyEnv(env: Env, io: Io, enqueue: Enqueue, aws: Fetcher): Env {
  return {
    ...env,
    DB: faultyDatabase(env.DB, io),
    KEYS: faultyMethods(env.KEYS, "kv", io),
    ORG_GATE: faultyNamespace(env.ORG_GATE, "gate", io),
    SCAN_FEED: faultyNamespace(env.SCAN_FEED, "feed", io),
    SCAN_TASKS: faultyQueue("scan-tasks", io, enqueue),
    DELIVERIES: faultyQueue("deliveries", io, enqueue),
    ALERTS: faultyQueue("alerts", io, enqueue),
    AWS: faultyMethods(aws, "aws", io),
  };
}

function faultyDatabase(d1: D1Database, io: Io): D1Database {
  const inner = new WeakMap<object, D1PreparedStatement>();
  const wrap = (statement: D1PreparedStatement): D1PreparedStatement => {
    const wrapped = {
      bind: (...params: unknown[]) => wrap(statement.bind(...params)),
      all: () => io.around("d1.all", () => statement.all()),
      run: () => io.around("d1.run", () => statement.run()),
    } as unknown as D1PreparedStatement;
    inner.set(wrapped, statement);
    return wrapped;
  };
  return {
    prepare: (text: string) => wrap(d1.prepare(text)),
    batch: (statements: D1PreparedStatement[]) =>
      io.around("d1.batch", () => d1.batch(statements.map((statement) => inner.get(statement) ?? statement))),
  } as unknown as D1Database;
}

function faultyMethods<T extends object>(target: T, name: string, io: Io): T {
  return new Proxy(target, {
    get(object, property) {
      const value: unknown = Reflect.get(object, property);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) =>
        io.around(`${name}.${String(property)}`, async () => Reflect.apply(value, object, args));
    },
  });
}

function faultyNamespace<T extends { getByName(id: string): unknown }>(namespace: T, name: string, io: Io): T {
  return {
    getByName: (id: string) => {
      const stub = namespace.getByName(id) as Record<string, (...args: unknown[]) => Promise<unknown>>;
      return new Proxy(
        {},
        {
          get:
            (_, method) =>
            (...args: unknown[]) =>
              io.around(`${name}.${String(method)}`, async () => stub[String(method)]?.(...args)),
        },
      );
    },
  } as unknown as T;
}

function faultyQueue<Body>(queue: QueueName, io: Io, enqueue: Enqueue): Queue<Body> {
  return {
    send: (body: Body) => io.around(`queue.${queue}`, async () => enqueue(queue, [body])),
    sendBatch: (messages: Iterable<{ body: Body }>) =>
      io.around(`queue.${queue}`, async () =>
        enqueue(
          queue,
          [...messages].map(({ body }) => body),
        ),
      ),
  } as unknown as Queue<Body>;
}
