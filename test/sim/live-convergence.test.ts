import { env, evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bearer,
  complete,
  feedOf,
  findings,
  makeScan,
  open,
  progress,
  setScanStatus,
  type Client,
  type Frame,
} from "../objects/live.ts";
import { quietOrg } from "../modules/findings/world.ts";

/** Random scans: 40 in `npm test`, 1,000 in `npm run sim`. */
const runs = Math.min(4 * env.SIMULATION.seeds, 1_000);

/** What may happen in the middle of a scan. */
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ does: fc.constant("progress" as const), percent: fc.integer({ min: 0, max: 99 }) }),
  },
  { weight: 4, arbitrary: fc.record({ does: fc.constant("finding" as const) }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant("restart" as const) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("cut" as const) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("alarm" as const) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("foreign" as const) }) },
);

const how = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 25 }),
  /** The last frame is lost, and only the database knows of the end. */
  endIsLost: fc.boolean(),
  /** By `lastEventId`, or by `resume` in the first message. */
  byEventId: fc.boolean(),
});

describe("whatever happens in the middle of a scan", () => {
  it(
    "who comes back gets to the same end: each finding once, numbers only rise, nothing of anybody else",
    async () => {
      const [org, other] = [await quietOrg(), await quietOrg()];
      const foreign = await makeScan(other.id);
      await fc.assert(
        fc.asyncProperty(how, async ({ steps, endIsLost, byEventId }) => {
          const scanId = await makeScan(org.id);
          const got: Frame[] = [];
          const last = (name: "seq" | "eventId"): number =>
            got.reduce((most, frame) => Math.max(most, Number(frame[name] ?? 0)), 0);
          const connect = async (): Promise<Client> => {
            if (byEventId) {
              const after = last("eventId") > 0 ? `?lastEventId=${last("eventId")}` : "";
              return open(`/scans/${scanId}/ws${after}`, bearer(org.keys.viewer));
            }
            const client = await open(`/scans/${scanId}/ws`);
            client.say({ type: "auth", token: org.keys.viewer, resume: { scanId, seq: last("seq") } });
            return client;
          };
          let client = await connect();
          await client.next("ready");
          const leave = (): void => {
            client.cut();
            got.push(...client.frames.filter(({ seq }) => seq !== undefined));
          };
          let told = 0;
          for (const one of steps) {
            if (one.does === "progress") await feedOf(org.id).publish([progress(scanId, one.percent)]);
            if (one.does === "finding") await feedOf(org.id).publish([findings(scanId, (told += 1))]);
            // It may not be running at all.
            if (one.does === "restart") await evictDurableObject(feedOf(org.id)).catch(() => undefined);
            if (one.does === "alarm") await runDurableObjectAlarm(feedOf(org.id));
            if (one.does === "foreign") await feedOf(other.id).publish([findings(foreign)]);
            if (one.does !== "cut") continue;
            leave();
            client = await connect();
            await client.next("ready");
          }
          await setScanStatus(scanId, "complete");
          if (endIsLost) {
            leave();
            client = await connect();
          } else await feedOf(org.id).publish([complete(scanId)]);
          await client.next("complete");
          leave();

          expect(got.at(-1)).toMatchObject({ type: "complete", status: "complete" });
          expect(got.every((frame) => frame["scanId"] === scanId)).toBe(true);
          for (const name of ["seq", "eventId"]) {
            const numbers = got.map((frame) => Number(frame[name]));
            expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
          }
          const percents = got.flatMap(({ percent }) => (percent === undefined ? [] : [Number(percent)]));
          expect(percents).toEqual(percents.toSorted((a, b) => a - b));
          const counted = got.flatMap(({ counts, type }) =>
            type === "finding" ? [(counts as { opened: number }).opened] : [],
          );
          expect(counted).toEqual(Array.from({ length: told }, (_, at) => at + 1));
        }),
        { numRuns: runs },
      );
    },
    60_000 + runs * 2_000,
  );
});
