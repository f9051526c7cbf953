import { DurableObject } from "cloudflare:workers";
import { defaultSettings, type OrgSettings } from "#db/values";
import type { Env } from "#env";
import { canonicalJson } from "#lib/hash";
import {
  current,
  remaining,
  resetSeconds,
  restored,
  stored,
  take,
  type Policy,
  type StoredWindow,
  type Window,
} from "./window.ts";

/** Groups of an organization with limits of their own. */
export type GateGroup = "scan-create" | "key-create" | "webhook-test";
/** Groups of an IP address. */
type IpGroup = "auth" | "login" | "ws-connect";
type WindowName = "default" | "org" | "hour" | GateGroup | IpGroup;

interface WindowReport {
  readonly name: WindowName;
  readonly limit: number;
  readonly remaining: number;
  readonly windowSeconds: number;
  /** Until the whole limit is there again; at least 1. */
  readonly resetSeconds: number;
}

export interface Admission {
  readonly admitted: boolean;
  readonly revoked: boolean;
  /** Names of the windows without room. */
  readonly violated: WindowName[];
  readonly windows: WindowReport[];
}

interface Slot {
  /** Names the window in memory and in storage. */
  readonly key: string;
  readonly name: WindowName;
  readonly policy: Policy;
}

/** How often windows that have ended are removed from storage. */
const SWEEP_EVERY_MS = 3_600_000;
/** The clocks of two Workers agree better than this; an ended window is kept so much longer. */
const CLOCK_SKEW_MS = 600_000;

const ipPolicies: Readonly<Record<IpGroup, Policy>> = {
  auth: { limit: 30, windowSeconds: 60 },
  login: { limit: 5, windowSeconds: 60 },
  // Many people may be behind one address.
  "ws-connect": { limit: 60, windowSeconds: 60 },
};

/**
 * Says whether a request may pass: one object for each organization (named by its id), one for each IP address (named
 * `ip:<hash>`). Exact: no window ever admits more than its limit, however many ask at once and however often the object is
 * restarted; a restart may admit fewer. A revoked credential is refused from the moment `revoke` returns.
 * Fixed windows: two limits' worth may pass around the end of one.
 */
export class OrgGate extends DurableObject<Env> {
  readonly #windows = new Map<string, Window | null>();
  /** Credentials that storage was asked about and that are not revoked. */
  readonly #good = new Set<string>();
  #limits: OrgSettings["limits"] | null = null;
  #sweepAtMs: number | null = null;

  /**
   * Counts one request in every window that applies, if all of them have room and the credential is not revoked; otherwise
   * counts nothing. A `nowMs` before the opening of a window counts into that window.
   */
  admit(request: { credentialId: string; group: GateGroup | null; nowMs: number }): Admission {
    const slots = this.#slots(request.credentialId, request.group);
    const revoked = this.isRevoked(request.credentialId);
    return { ...this.#pass(slots, request.nowMs, !revoked), revoked };
  }

  /** The same for an address that has shown no credential yet. */
  admitIp({ group, nowMs }: { group: IpGroup; nowMs: number }): Admission {
    return { ...this.#pass([{ key: group, name: group, policy: ipPolicies[group] }], nowMs, true), revoked: false };
  }

  /** Whether `admitIp` would refuse. Counts nothing. */
  isIpDenied({ group, nowMs }: { group: IpGroup; nowMs: number }): boolean {
    return remaining(this.#window(group), ipPolicies[group], nowMs) === 0;
  }

  /** For ever. Stored when it returns: not even a restart forgets it. */
  async revoke(credentialId: string): Promise<void> {
    this.#good.delete(credentialId);
    this.ctx.storage.kv.put(`revoked:${credentialId}`, true);
    await this.ctx.storage.sync();
  }

  isRevoked(credentialId: string): boolean {
    if (this.#good.has(credentialId)) return false;
    if (this.ctx.storage.kv.get(`revoked:${credentialId}`) === true) return true;
    this.#good.add(credentialId);
    return false;
  }

  /** Those of them that were revoked. */
  areRevoked(credentialIds: readonly string[]): string[] {
    return credentialIds.filter((id) => this.isRevoked(id));
  }

  /** Sets the organization's limits from the next request on; what open windows have counted stays counted. */
  async configure(limits: OrgSettings["limits"]): Promise<void> {
    if (canonicalJson(limits) === canonicalJson(this.#currentLimits())) return;
    this.#limits = limits;
    this.ctx.storage.kv.put("limits", limits);
    await this.ctx.storage.sync();
  }

  /** Removes what no request can need any more; an address that stays away leaves nothing behind. */
  override async alarm(): Promise<void> {
    const { kv } = this.ctx.storage;
    const nowMs = Date.now();
    // Listed before the first is deleted: the list reads on as it is walked.
    const windows = [...kv.list<StoredWindow>({ prefix: "window:" })];
    for (const [key, window] of windows) {
      if (window.endsAtMs + CLOCK_SKEW_MS > nowMs) continue;
      kv.delete(key);
      this.#windows.delete(key.slice("window:".length));
    }
    kv.delete("sweepAtMs");
    this.#sweepAtMs = null;
    const [left] = kv.list({ limit: 1 });
    if (left === undefined) await this.ctx.storage.deleteAll();
    else if ([...kv.list({ prefix: "window:", limit: 1 })].length > 0) this.#scheduleSweep(nowMs);
  }

  #pass(slots: readonly Slot[], nowMs: number, mayPass: boolean): Omit<Admission, "revoked"> {
    const violated = slots
      .filter(({ key, policy }) => remaining(this.#window(key), policy, nowMs) === 0)
      .map(({ name }) => name);
    const admitted = mayPass && violated.length === 0;
    if (admitted) for (const slot of slots) this.#count(slot, nowMs);
    const windows = slots.map(({ key, name, policy }) => ({
      name,
      limit: policy.limit,
      remaining: remaining(this.#window(key), policy, nowMs),
      windowSeconds: policy.windowSeconds,
      resetSeconds: resetSeconds(this.#window(key), policy, nowMs),
    }));
    return { admitted, violated, windows };
  }

  #count({ key, policy }: Slot, nowMs: number): void {
    const before = current(this.#window(key), policy, nowMs);
    const after = take(before, policy, nowMs);
    this.#windows.set(key, after);
    if (before && after.reserved === before.reserved) return;
    // The answer leaves only when this is on disk, so nobody passes on a reservation that a restart forgets.
    this.ctx.storage.kv.put(`window:${key}`, stored(after, policy));
    this.#scheduleSweep(Date.now());
  }

  #window(key: string): Window | null {
    const known = this.#windows.get(key);
    if (known !== undefined) return known;
    const kept = this.ctx.storage.kv.get<StoredWindow>(`window:${key}`);
    const window = kept ? restored(kept) : null;
    this.#windows.set(key, window);
    return window;
  }

  #slots(credentialId: string, group: GateGroup | null): Slot[] {
    const limits = this.#currentLimits();
    const minute = (limit: number): Policy => ({ limit, windowSeconds: 60 });
    const groups: Readonly<Record<GateGroup, number>> = {
      "scan-create": limits.scanCreationPerMinute,
      "key-create": limits.keyCreationPerMinute,
      "webhook-test": limits.webhookTestPerMinute,
    };
    const hour: Slot = {
      key: "hour",
      name: "hour",
      policy: { limit: limits.perOrganizationPerHour, windowSeconds: 3600 },
    };
    return [
      { key: `default:${credentialId}`, name: "default", policy: minute(limits.perCredentialPerMinute) },
      { key: "org", name: "org", policy: minute(limits.perOrganizationPerMinute) },
      ...(limits.perOrganizationPerHour > 0 ? [hour] : []),
      ...(group ? [{ key: group, name: group, policy: minute(groups[group]) }] : []),
    ];
  }

  #currentLimits(): OrgSettings["limits"] {
    this.#limits ??= this.ctx.storage.kv.get<OrgSettings["limits"]>("limits") ?? defaultSettings.limits;
    return this.#limits;
  }

  #scheduleSweep(nowMs: number): void {
    this.#sweepAtMs ??= this.ctx.storage.kv.get<number>("sweepAtMs") ?? null;
    if (this.#sweepAtMs !== null) return;
    this.#sweepAtMs = nowMs + SWEEP_EVERY_MS;
    this.ctx.storage.kv.put("sweepAtMs", this.#sweepAtMs);
    void this.ctx.storage.setAlarm(this.#sweepAtMs);
  }
}
