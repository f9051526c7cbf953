import type { Thing } from "./finding-world.ts";

/**
 * What must become of findings, written down once more and as plainly as it can be: every rule here stands in product.md and in the
 * docs, none is taken from the engine.
 */
export interface ModelFinding {
  status: "open" | "snoozed" | "ignored" | "resolved";
  snoozedUntil: string | null;
  ignoreReason: string | null;
  ignoredUntil: string | null;
  suppressionId: string | null;
  exempt: boolean;
  note: string | null;
  assignee: string | null;
  reopenedCount: number;
  firstDetectedAt: string;
  lastDetectedAt: string;
  verified: boolean;
  /** Complete scans in each stretch in which it was seen; the last one runs while it is verified and not resolved. */
  stretches: number[];
  /** Size and severity as they were last told. */
  decisive: string;
}

export interface ModelSuppression {
  readonly id: string;
  readonly check: string | null;
  readonly sandbox: boolean;
  /** The end of a name. */
  readonly nameEnd: string | null;
  readonly reason: string;
  readonly expiresAt: string | null;
}

export type Verdict = "pass" | "fail" | "unknown";

/** What people ask for. */
export interface ModelChange {
  readonly status?: "open" | "snoozed" | "ignored";
  readonly snoozedUntil?: string;
  readonly ignoreReason?: string;
  readonly ignoredUntil?: string | null;
  readonly note?: string | null;
  readonly assignee?: string | null;
}

export class FindingModel {
  /** `<thing>/<check>` → its finding. */
  readonly findings = new Map<string, ModelFinding>();
  /** In the order they were made. */
  suppressions: ModelSuppression[] = [];
  /** What is known of things, as they were last seen. */
  readonly #known = new Map<string, { sandbox: boolean; verdicts: Map<string, Verdict> }>();

  readonly #checks: readonly string[];

  constructor(checks: readonly string[]) {
    this.#checks = checks;
  }

  /** A thing as it was last seen, where that is not read in part: what of it is known stays. */
  knownSandbox(name: string): boolean | undefined {
    return this.#known.get(name)?.sandbox;
  }

  scan(now: string, seen: readonly Thing[], whole: boolean): void {
    for (const thing of seen) this.#see(now, thing);
    if (whole) this.#miss(now, new Set(seen.map(({ name }) => name)));
    // A finding that is seen on and on counts once for each complete scan.
    for (const finding of this.findings.values()) {
      if (!whole || finding.status === "resolved" || !finding.verified) continue;
      finding.stretches[finding.stretches.length - 1] = (finding.stretches.at(-1) ?? 0) + 1;
      finding.lastDetectedAt = now;
    }
  }

  #see(now: string, thing: Thing): void {
    const before = this.#known.get(thing.name);
    const inPart = thing.answers.includes("unread");
    const known = { sandbox: inPart && before ? before.sandbox : thing.sandbox, verdicts: new Map<string, Verdict>() };
    for (const [at, check] of this.#checks.entries()) {
      const answer = thing.answers[at];
      const last = before?.verdicts.get(check);
      if (answer === "none") this.#resolve(now, thing.name, check);
      else if (answer === "pass") {
        this.#resolve(now, thing.name, check);
        known.verdicts.set(check, "pass");
      } else if (answer === "unread") {
        const finding = this.findings.get(`${thing.name}/${check}`);
        if (finding && last === "fail") finding.verified = false;
        known.verdicts.set(check, "unknown");
      } else {
        // What was read in part says nothing new of what was known to fail.
        if (!(inPart && last === "fail")) this.#fail(now, thing, check);
        known.verdicts.set(check, "fail");
      }
    }
    this.#known.set(thing.name, known);
  }

  #fail(now: string, thing: Thing, check: string): void {
    const decisive = `${thing.size}/${thing.severe}`;
    const finding = this.findings.get(`${thing.name}/${check}`);
    if (!finding) {
      const fresh: ModelFinding = {
        ...undecided,
        status: "open",
        exempt: false,
        note: null,
        assignee: null,
        reopenedCount: 0,
        firstDetectedAt: now,
        lastDetectedAt: now,
        verified: true,
        stretches: [0],
        decisive,
      };
      this.findings.set(`${thing.name}/${check}`, fresh);
      this.#settle(now, fresh, thing.name, check, thing.sandbox);
      return;
    }
    const byPerson = finding.suppressionId === null && (finding.status === "snoozed" || finding.status === "ignored");
    if (finding.status === "resolved" || !finding.verified) {
      finding.stretches.push(0);
      finding.lastDetectedAt = now;
      finding.verified = true;
    }
    if (finding.status === "resolved" || (byPerson && finding.decisive !== decisive)) {
      finding.reopenedCount += 1;
      Object.assign(finding, undecided, { status: "open" });
    }
    finding.decisive = decisive;
    this.#settle(now, finding, thing.name, check, thing.sandbox);
  }

  #resolve(now: string, name: string, check: string): void {
    const finding = this.findings.get(`${name}/${check}`);
    if (!finding || finding.status === "resolved") return;
    Object.assign(finding, undecided, { status: "resolved", verified: true });
  }

  #miss(now: string, seen: ReadonlySet<string>): void {
    for (const name of this.#known.keys()) {
      if (seen.has(name)) continue;
      for (const check of this.#checks) this.#resolve(now, name, check);
      this.#known.delete(name);
    }
  }

  /** Nobody has decided about it: the first suppression in force that matches has it, or it is open. */
  #settle(now: string, finding: ModelFinding, name: string, check: string, sandbox: boolean): void {
    if (finding.status !== "open" && finding.suppressionId === null) return;
    const taker = finding.exempt ? undefined : this.#matching(now, name, check, sandbox);
    if (taker) {
      const { id, reason, expiresAt } = taker;
      Object.assign(finding, undecided, {
        status: "ignored",
        suppressionId: id,
        ignoreReason: reason,
        ignoredUntil: expiresAt,
      });
    } else Object.assign(finding, undecided, { status: "open" });
  }

  #matching(now: string, name: string, check: string, sandbox: boolean): ModelSuppression | undefined {
    return this.suppressions.find(
      (one) =>
        (one.expiresAt === null || one.expiresAt > now) &&
        (one.check === null || one.check === check) &&
        (!one.sandbox || sandbox) &&
        (one.nameEnd === null || name.endsWith(one.nameEnd)),
    );
  }

  /** Suppressions have changed, or some have ended. */
  settleAll(now: string): void {
    for (const [key, finding] of this.findings) {
      const [name = "", check = ""] = key.split("/");
      if (finding.status !== "resolved")
        this.#settle(now, finding, name, check, this.#known.get(name)?.sandbox ?? false);
    }
  }

  /** The cron jobs have run. */
  tick(now: string): void {
    for (const finding of this.findings.values()) {
      const until = finding.status === "snoozed" ? finding.snoozedUntil : finding.ignoredUntil;
      const isDue = until !== null && until <= now && finding.suppressionId === null;
      if (isDue) Object.assign(finding, undecided, { status: "open" });
    }
    this.settleAll(now);
  }

  /** What a person asks for; false: it is refused. */
  decide(now: string, key: string, { note, assignee, ...change }: ModelChange): boolean {
    const finding = this.findings.get(key);
    if (!finding) return false;
    if (change.status) {
      if (finding.status === "resolved") return false;
      const [name = "", check = ""] = key.split("/");
      if (change.status === "open" && finding.status !== "open") {
        const held =
          finding.suppressionId !== null || this.#matching(now, name, check, this.#known.get(name)?.sandbox ?? false);
        finding.exempt ||= Boolean(held);
        Object.assign(finding, undecided, { status: "open" });
      }
      if (change.status === "snoozed")
        Object.assign(finding, undecided, { status: "snoozed", snoozedUntil: change.snoozedUntil });
      if (change.status === "ignored") {
        const { ignoreReason, ignoredUntil } = change;
        const before = finding.status === "ignored" ? finding.ignoredUntil : null;
        Object.assign(finding, undecided, {
          status: "ignored",
          ignoreReason,
          ignoredUntil: ignoredUntil === undefined ? before : ignoredUntil,
        });
      }
    }
    if (note !== undefined) finding.note = note;
    if (assignee !== undefined) finding.assignee = assignee;
    return true;
  }

  /** What the row and what is shown of it must say. */
  shown(): Record<string, unknown>[] {
    return [...this.findings]
      .map(([key, { stretches, decisive: _, ...finding }]) => ({
        key,
        ...finding,
        detectionCount: stretches.reduce((sum, scans) => sum + Math.max(1, scans), 0),
      }))
      .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  }
}

const undecided = { snoozedUntil: null, ignoreReason: null, ignoredUntil: null, suppressionId: null } as const;
