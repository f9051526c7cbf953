import type { CollectorId, FoundBy } from "#collectors/registry";
import type { Place } from "#collectors/collector";

export const severities = ["low", "medium", "high", "critical"] as const;
export type Severity = (typeof severities)[number];
export const categories = ["security", "cost", "reliability", "compliance", "operations"] as const;
export type Category = (typeof categories)[number];

/** `internet`: anybody can try. `idle`: stopped, detached or unused, so that nobody can at present. */
export const exposures = ["internet", "internal", "idle"] as const;
export type Exposure = (typeof exposures)[number];

/** Framework id → control ids. */
export type Controls = Readonly<Record<string, readonly string[]>>;

/** What stands about a check in the catalogue. It lies beside the check and not in it, so that the Worker's bundle goes without it. */
export interface About {
  readonly title: string;
  /** Why it matters. */
  readonly rationale: string;
  /** What to do. */
  readonly remediation: string;
  /** The controls its verdict is evidence of. */
  readonly controls: Controls;
  /** Parts of the check that are evidence of further controls: such a control fails where the fail names the variant. */
  readonly variants?: Readonly<Record<string, Controls>>;
}

/** The call, the field and the value a verdict rests on. */
export interface Evidence {
  /** `<service>:<Operation>`, e.g. `ec2:DescribeVolumes`. */
  readonly call: string;
  readonly field: string;
  readonly value: unknown;
}

export interface Fail {
  readonly status: "fail";
  /** One sentence about this very resource. Facts and dates only, never an age: the text must be the same tomorrow. */
  readonly summary: string;
  /** Facts by type of finding, stable while nothing changed. Days and ages are added when read (`atRead`). */
  readonly details: Readonly<Record<string, unknown>>;
  readonly evidence: readonly Evidence[];
  /** When it differs from the check's. */
  readonly severity?: Severity;
  /** How far the thing can be reached; `internal` when left out. It weighs the finding in scores. */
  readonly exposure?: Exposure;
  /** Which of the check's `variants` (`About`) fail. */
  readonly variants?: readonly string[];
  /** USD per month at list price; null or absent when the check saves nothing or it cannot be said. */
  readonly savingsMonthly?: number | null;
}
export interface Pass {
  readonly status: "pass";
}
/** No evidence is never a pass: a call was denied, throttled, or an input was incomplete. */
export interface Unknown {
  readonly status: "unknown";
  readonly reason: string;
}
/** `null`: the check does not apply to this resource. */
export type Verdict = Fail | Pass | Unknown | null;

export interface JudgeContext<Params, Reads extends CollectorId> {
  /** The scan's clock. */
  readonly now: Date;
  readonly params: Params;
  readonly place: Place;
  /** Regions the organization allows; null when it has not said. */
  readonly allowedRegions: readonly string[] | null;
  /** The 12 digits of every account the organization has connected. */
  readonly ownAccounts: ReadonlySet<string>;
  /**
   * Everything another collector found: in the same region or globally; for a global thing in every region, each with the
   * `region` it lives in. Only collectors named in `reads`; complete, else the verdict is unknown before `judge` is asked.
   */
  others<Id extends Reads>(id: Id): readonly FoundBy<Id>[];
}

/**
 * Decides pass, fail or unknown for one resource. Pure. The file is `checks/<service>/<id in kebab-case>.ts` and nothing
 * else needs to be touched.
 */
export interface Check<Id extends CollectorId, Params extends object = object, Reads extends CollectorId = never> {
  /** snake_case, stable for ever: it is the finding's `type`. */
  readonly id: string;
  readonly severity: Severity;
  readonly category: Category;
  /** Risk domain, e.g. `network_exposure`; `cost` findings carry no risk. */
  readonly domain: string;
  readonly effort: "low" | "medium" | "high";
  /** 0…1. */
  readonly confidence: number;
  /** A guarded control: pass → fail on the same resource is `security.drift`. */
  readonly drift: boolean;
  /** The collectors whose resources it judges; `every` judges whatever any collector finds. */
  readonly resources: readonly Id[] | "every";
  /**
   * Collectors whose complete lists (of the same account) it needs beside the one resource. Such a check is judged in the
   * second wave, when all tasks are done.
   */
  readonly reads?: readonly Reads[];
  /**
   * For checks with `reads`: the members of `attributes` and `observed`, as they are, that it needs of each resource, its
   * own and the others'. Keep few: they are held for the whole account. `null`: this resource does not matter. `judge` then
   * sees no other members, and the tags of its own resource only.
   */
  readonly condense?: { readonly [K in Id | Reads]?: (found: FoundBy<K>) => Kept<K> | null };
  /** Members of a fail's `details`: a person's decision ends when one of them, or the severity, has changed. */
  readonly decisive: readonly string[];
  readonly params: Params;
  judge(found: FoundBy<Id>, context: JudgeContext<Params, Reads>): Verdict;
  /**
   * When a thing that AWS sets no end to is due by the check's parameters (ISO 8601 UTC); null: never. It then stands among what
   * expires. Only of checks without `reads`.
   */
  deadline?(found: FoundBy<Id>, params: Params): string | null;
  /** What depends on the day it is read (`daysUntilExpiry`), added to the details then. */
  atRead?(details: Readonly<Record<string, unknown>>, now: Date): Record<string, unknown>;
}

/** What a check across services keeps of a thing. */
export type Kept<Id extends CollectorId> = Partial<FoundBy<Id>["attributes"] & NonNullable<FoundBy<Id>["observed"]>>;

/** One worked example per boundary; a function, so that the bundle leaves it out. */
export interface Example<Id extends CollectorId, Params extends object = object> {
  readonly name: string;
  readonly found: FoundBy<Id>;
  /** Who found it: named where the check judges several kinds and reads across services. */
  readonly by?: Id;
  readonly now?: Date;
  readonly params?: Partial<Params>;
  readonly place?: Partial<Place>;
  readonly allowedRegions?: readonly string[] | null;
  readonly ownAccounts?: readonly string[];
  readonly others?: Partial<Record<CollectorId, readonly unknown[]>>;
  /** For fails: what must hold of it. */
  readonly expect?: {
    severity?: Severity;
    exposure?: Exposure;
    savingsMonthly?: number;
    details?: Record<string, unknown>;
    variants?: readonly string[];
  };
}
export interface Examples<Id extends CollectorId, Params extends object = object> {
  readonly pass: readonly Example<Id, Params>[];
  readonly fail: readonly Example<Id, Params>[];
  readonly unknown?: readonly Example<Id, Params>[];
  readonly notApplicable?: readonly Example<Id, Params>[];
}
