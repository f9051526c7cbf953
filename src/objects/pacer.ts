import type { ScanFrame, ScanProgress } from "#db/frames";

/** Progress frames of a scan are at least so far apart; further where many watch it. */
const everyMs = 100;
const manyWatchers = 1_000;
const everyMsForMany = 1_000;

export const paceMs = (watchers: number): number => (watchers > manyWatchers ? everyMsForMany : everyMs);

interface Pace {
  dueAtMs: number;
  /** What goes out when it is due. */
  held: ScanProgress | null;
  timer: ReturnType<typeof setTimeout> | null;
}

interface Options {
  /** How many get the frames of a scan. */
  watchers(scanId: string): number;
  /** Called with what was held back. */
  send(frame: ScanProgress): void;
}

/**
 * Holds progress frames back so that each scan sends ten a second, or one where more than a thousand watch. Of those held only
 * the last goes out, which says all that they said. It is lost with the memory, and the next one says it again.
 */
export class Pacer {
  readonly #paces = new Map<string, Pace>();
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Whether a frame goes out now. Findings and the end of a scan are never held back; nothing is sent after an end. */
  admits(frame: ScanFrame): boolean {
    if (frame.type === "finding") return true;
    if (frame.type === "progress") return this.#isDue(frame);
    this.drop(frame.scanId);
    return true;
  }

  drop(scanId: string): void {
    const pace = this.#paces.get(scanId);
    if (pace?.timer) clearTimeout(pace.timer);
    this.#paces.delete(scanId);
  }

  #isDue(frame: ScanProgress): boolean {
    const { scanId } = frame;
    const pace = this.#paces.get(scanId);
    const waitMs = (pace?.dueAtMs ?? 0) - Date.now();
    if (!pace || (waitMs <= 0 && !pace.timer)) {
      this.#paces.set(scanId, { dueAtMs: this.#nextDue(scanId), held: null, timer: null });
      return true;
    }
    pace.held = { ...frame, percent: Math.max(frame.percent, pace.held?.percent ?? 0) };
    pace.timer ??= setTimeout(() => this.#release(scanId, pace), waitMs);
    return false;
  }

  #release(scanId: string, pace: Pace): void {
    const { held } = pace;
    pace.held = null;
    pace.timer = null;
    pace.dueAtMs = this.#nextDue(scanId);
    if (held) this.#options.send(held);
  }

  #nextDue(scanId: string): number {
    return Date.now() + paceMs(this.#options.watchers(scanId));
  }
}
