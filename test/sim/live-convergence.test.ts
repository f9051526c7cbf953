import { env, evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bearer,
  complete,
  feedOf,
  findings,
  loseFrames,
  makeScan,
  open,
  openedOf,
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
  // Cut, and back when what was published meanwhile of others is more than is kept.
  { weight: 1, arbitrary: fc.record({ does: fc.constant("away" as const) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("alarm" as const) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("foreign" as const) }) },
);

const how = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 25 }),
  /** Of its last frame, which is lost, so that only the database knows of the end; or published, but too long ago when the client is back. */
  end: fc.constantFrom("told" as const, "lost" as const, "missed" as const),
  /** By `lastEventId`, or by `resume` in the first message. */
  byEventId: fc.boolean(),
  /** On the socket of all scans, or of this one. */
  wide: fc.boolean(),
});

const of = ({ scan }: Frame) => scan as { id: string; status: string } | undefined;

describe("whatever happens in the middle of a scan", () => {
  it(
    "who comes back gets to the same end: each finding counted once, numbers only rise, nothing of anybody else",
    async () => {
      const [org, other] = [await quietOrg(), await quietOrg()];
      const foreign = await makeScan(other.id);
      await fc.assert(
        fc.asyncProperty(how, async ({ steps, end, byEventId, wide }) => {
          const scanId = await makeScan(org.id);
          const got: Frame[] = [];
          const last = (name: "seq" | "eventId"): number =>
            got.reduce((most, frame) => Math.max(most, Number(frame[name] ?? 0)), 0);
          let heard: number | null = null;
          const connect = async (): Promise<Client> => {
            const path = wide ? "/ws" : `/scans/${scanId}/ws`;
            if (byEventId) {
              return open(heard === null ? path : `${path}?lastEventId=${heard}`, bearer(org.keys.viewer));
            }
            const client = await open(wide ? `${path}?org=${org.id}` : path);
            client.say({ type: "auth", token: org.keys.viewer, resume: { scanId, seq: last("seq") } });
            return client;
          };
          let client = await connect();
          await client.next("ready");
          const leave = (): void => {
            client.cut();
            heard = Number(client.frames.findLast(({ eventId }) => eventId !== undefined)?.["eventId"]);
            got.push(...client.frames.filter(({ scanId: of, seq }) => seq !== undefined && of === scanId));
          };
          /** The last thing said of the scan. */
          const state = (): unknown => {
            const said = client.frames.findLast((frame) => frame["scanId"] === scanId || of(frame)?.id === scanId);
            return said?.["status"] ?? (said && of(said)?.status);
          };
          let told = 0;
          for (const one of steps) {
            if (one.does === "progress") await feedOf(org.id).publish([progress(scanId, one.percent)]);
            if (one.does === "finding") await feedOf(org.id).publish([findings(scanId)]);
            if (one.does === "finding") told += 1;
            // It may not be running at all.
            if (one.does === "restart") await evictDurableObject(feedOf(org.id)).catch(() => undefined);
            if (one.does === "alarm") await runDurableObjectAlarm(feedOf(org.id));
            if (one.does === "foreign") await feedOf(other.id).publish([findings(foreign)]);
            if (one.does !== "cut" && one.does !== "away") continue;
            leave();
            if (one.does === "away") await loseFrames(org.id);
            client = await connect();
            await client.next("ready");
          }
          await setScanStatus(scanId, "complete");
          if (end !== "told") leave();
          if (end !== "lost") await feedOf(org.id).publish([complete(scanId)]);
          if (end === "missed") await loseFrames(org.id);
          if (end !== "told") client = await connect();
          await expect.poll(state, { interval: 5 }).toBe("complete");
          if (end !== "missed") await client.next("complete");
          leave();
          if (end !== "missed") expect(got.at(-1)).toMatchObject({ type: "complete", status: "complete" });
          expect(JSON.stringify(client.frames)).not.toContain(foreign);
          for (const name of ["seq", "eventId"]) {
            const numbers = got.map((frame) => Number(frame[name]));
            expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
          }
          const percents = got.flatMap(({ percent }) => (percent === undefined ? [] : [Number(percent)]));
          expect(percents).toEqual(percents.toSorted((a, b) => a - b));
          // What is `resumed` by its own numbers is not lost by what others say.
          const isAll = !byEventId || (end !== "missed" && !steps.some(({ does }) => does === "away"));
          if (isAll) expect(openedOf({ frames: got })).toBe(told);
          else expect(openedOf({ frames: got })).toBeLessThanOrEqual(told);
        }),
        { numRuns: runs },
      );
    },
    60_000 + runs * 20_000,
  );
});
