import { z } from "zod";
import {
  DEMO_ACCESS_KEY_ID,
  DEMO_ACCOUNT_ID,
  DEMO_EXTERNAL_ID,
  DEMO_ROLE_ARN,
  DEMO_SECRET_ACCESS_KEY,
  EPOCH,
} from "./demo.ts";
import { inventoryOf, type Inventory } from "./inventory.ts";
import { Oidc } from "./oidc.ts";
import { isKnownRegion } from "./regions.ts";
import { serviceNames } from "./services.ts";

const Fault = z.strictObject({
  service: z.enum(serviceNames),
  action: z.string().optional(),
  region: z.string().optional(),
  kind: z.enum(["throttle", "deny", "expire", "brokenPage", "repeatToken", "delay", "unavailable", "error500"]),
  /** Calls it strikes; every one when absent. */
  times: z.int().min(1).optional(),
  /** Matching calls that pass before. */
  afterCalls: z.int().min(0).optional(),
  probability: z.number().min(0).max(1).optional(),
  seed: z.int().optional(),
  delayMs: z.int().min(0).max(600_000).optional(),
});
export type Fault = z.infer<typeof Fault>;

export const Settings = z.strictObject({
  accessKeyId: z.string().min(16).optional(),
  secretAccessKey: z.string().min(1).optional(),
  role: z
    .strictObject({
      arn: z.string().startsWith("arn:"),
      /** Absent: the operator may not assume it. */
      externalId: z.string().optional(),
      /** How its trust policy compares the external id. */
      compares: z.enum(["equals", "equalsIfExists", "exists", "nothing"]).default("equals"),
      oidc: Oidc.optional(),
    })
    .optional(),
  regions: z
    .array(z.string().refine(isKnownRegion, "no region of AWS"))
    .min(1)
    .default(["eu-west-1", "us-east-1", "eu-central-1"]),
  resources: z.int().min(0).max(10_000_000).optional(),
  /** Things made up by number: collector → how many, in each region or, of global kinds, in all. */
  things: z.record(z.string(), z.int().min(0).max(1_000_000)).default({}),
  generation: z.int().min(0).default(0),
  changedShare: z.number().min(0).max(1).default(0.01),
  epoch: z.iso.datetime({ offset: true }).default(EPOCH),
  now: z.iso.datetime({ offset: true }).optional(),
  hidden: z.array(z.string()).default([]),
  overrides: z.record(z.string(), z.record(z.string(), z.string())).default({}),
  faults: z.array(Fault).default([]),
});
export type Settings = z.infer<typeof Settings>;

export interface FaultState {
  readonly fault: Fault;
  /** Matching calls so far. */
  seen: number;
  /** Calls it struck. */
  struck: number;
}

export interface Account {
  readonly id: string;
  /** What was asked for, without defaults: the base of the next merge. */
  readonly asked: Readonly<Record<string, unknown>>;
  readonly settings: Settings;
  readonly inventory: Inventory;
  readonly hidden: ReadonlySet<string>;
  readonly faults: readonly FaultState[];
  /** `service action region` → calls. */
  readonly calls: Map<string, number>;
}

const demo = {
  accessKeyId: DEMO_ACCESS_KEY_ID,
  secretAccessKey: DEMO_SECRET_ACCESS_KEY,
  role: { arn: DEMO_ROLE_ARN, externalId: DEMO_EXTERNAL_ID },
};

export type Accounts = Map<string, Account>;

/** An account with these settings. Faults start anew, calls go on. Throws a `ZodError`. */
export function accountOf(id: string, asked: Readonly<Record<string, unknown>>, before?: Account): Account {
  const settings = Settings.parse(asked);
  const kept = before && JSON.stringify(before.settings.faults) === JSON.stringify(settings.faults);
  return {
    id,
    asked,
    settings,
    inventory: inventoryOf(settings.regions, settings.resources, settings.things),
    hidden: new Set(settings.hidden.map(lastPart)),
    faults: kept ? before.faults : settings.faults.map((fault) => ({ fault, seen: 0, struck: 0 })),
    calls: before?.calls ?? new Map<string, number>(),
  };
}

/** `arn:aws:ec2:…:volume/vol-1` → `vol-1`; an id stays as it is. */
export const lastPart = (nativeId: string): string => nativeId.replace(/^.*[/:]/, "");

/** The accounts of a new simulator: the demo account. */
export const firstAccounts = (): Accounts => new Map([[DEMO_ACCOUNT_ID, accountOf(DEMO_ACCOUNT_ID, demo)]]);

/** Back to what it was at first: the demo account's settings, or no such account. */
export function resetAccount(accounts: Accounts, id: string): void {
  accounts.delete(id);
  if (id === DEMO_ACCOUNT_ID) accounts.set(id, accountOf(id, demo));
}

/** JSON merge (RFC 7396): null takes a setting away. Throws a `ZodError`. */
export function changeAccount(accounts: Accounts, id: string, patch: Readonly<Record<string, unknown>>): Account {
  const before = accounts.get(id);
  const merged = { ...(before?.asked ?? (id === DEMO_ACCOUNT_ID ? demo : {})), ...patch };
  const asked = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
  const account = accountOf(id, asked, before);
  accounts.set(id, account);
  return account;
}

export function countCall({ calls }: Account, service: string, action: string, region: string): void {
  const key = `${service} ${action} ${region}`;
  calls.set(key, (calls.get(key) ?? 0) + 1);
}
