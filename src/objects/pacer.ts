import { findingFrame, type ScanFindings, type ScanFrame, type ScanProgress } from "#db/frames";

/** Frames of a scan are at least so far apart; further where many watch it. */
const everyMs = 100;
const manyWatchers = 1_000;
const everyMsForMany = 1_000;

export const paceMs = (watchers: number): number => (watchers > manyWatchers ? everyMsForMany : everyMs);

/** Frames that may have to wait; not the last one of a scan. */
type Paced = ScanProgress | ScanFindings;

interface Pace {
  dueAtMs: number;
  /** By type, what goes out one after the other when it is due: what has waited longest first. */
  readonly held: Map<string, Paced>;
  timer: ReturnType<typeof setTimeout> | null;
}

interface Options {
  /** How many get the frames of a scan. */
  watchers(scanId: string): number;
  /** Called with what was held back. */
  send(frame: Paced): void;
  /** Called with the findings of a scan that wait; null: none do any more. */
  keep(scanId: string, held: ScanFindings | null): void;
}

/**
 * Holds frames back so that each scan sends ten a second, or one where more than a thousand watch. Of progress held only the
 * last goes out, which says all that they said: it is lost with the memory, and the next one says it again. Findings held are
 * made one frame, which counts them all, and are kept by whom this works for.
 */
export class Pacer {
  readonly #paces = new Map<string, Pace>();
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  /** What goes out now. The end of a scan is never held back, findings that waited go before it, and nothing after it. */
  pass(frame: ScanFrame): ScanFrame[] {
    if (frame.type === "progress" || frame.type === "finding") return this.#isDue(frame) ? [frame] : [];
    const held = this.#paces.get(frame.scanId)?.held.get("finding");
    this.drop(frame.scanId);
    return held ? [held, frame] : [frame];
  }

  drop(scanId: string): void {
    const pace = this.#paces.get(scanId);
    if (!pace) return;
    if (pace.timer) clearTimeout(pace.timer);
    this.#paces.delete(scanId);
    if (pace.held.has("finding")) this.#options.keep(scanId, null);
  }

  #isDue(frame: Paced): boolean {
    const { scanId } = frame;
    const pace = this.#paces.get(scanId);
    const waitMs = (pace?.dueAtMs ?? 0) - Date.now();
    if (!pace || (waitMs <= 0 && !pace.timer)) {
      this.#paces.set(scanId, { dueAtMs: Date.now() + this.#waitMs(scanId), held: new Map(), timer: null });
      return true;
    }
    const held = joined(pace.held.get(frame.type), frame);
    pace.held.set(frame.type, held);
    if (held.type === "finding") this.#options.keep(scanId, held);
    pace.timer ??= setTimeout(() => this.#release(scanId, pace), waitMs);
    return false;
  }

  #release(scanId: string, pace: Pace): void {
    const waitMs = this.#waitMs(scanId);
    pace.dueAtMs = Date.now() + waitMs;
    const [first, second] = pace.held.values();
    pace.timer = second ? setTimeout(() => this.#release(scanId, pace), waitMs) : null;
    if (!first) return;
    pace.held.delete(first.type);
    if (first.type === "finding") this.#options.keep(scanId, null);
    this.#options.send(first);
  }

  #waitMs(scanId: string): number {
    return paceMs(this.#options.watchers(scanId));
  }
}

/** Two frames of one type as one: of progress the later, of findings the worst of both, and all of both counted. */
function joined(before: Paced | undefined, frame: Paced): Paced {
  if (before?.type === "progress" && frame.type === "progress") {
    return { ...frame, percent: Math.max(frame.percent, before.percent) };
  }
  if (before?.type !== "finding" || frame.type !== "finding") return frame;
  const { opened, reopened, resolved } = before.counts;
  return findingFrame(frame.scanId, [...before.opened, ...frame.opened], {
    opened: opened + frame.counts.opened,
    reopened: reopened + frame.counts.reopened,
    resolved: resolved + frame.counts.resolved,
  });
}
