import type { OrgContext } from "#db/context";
import { requireTicks } from "./schedule.ts";
import { upcoming, type Due, type Timing } from "./timing.ts";

/** The next five ticks of a schedule that is not there yet. Fault: INVALID_REQUEST. */
export function previewSchedule(org: OrgContext, timing: Timing): readonly Due[] {
  requireTicks(timing, org.now);
  return upcoming(timing, 0, org.now.getTime(), 5);
}
