import type { Context, Hono } from "hono";
import type { Env } from "#env";
import type { Credential } from "#db/api-keys";
import { newMeter, type Meter } from "#db/database";
import type { Admission } from "./admission.ts";

/** What one request cost. */
export interface Cost {
  readonly meter: Meter;
  kvReads: number;
  gateCalls: number;
}

export const newCost = (): Cost => ({ meter: newMeter(), kvReads: 0, gateCalls: 0 });

export interface Variables {
  requestId: string;
  now: Date;
  cost: Cost;
  /** The declared path, for logs. */
  route?: string;
  credential?: Credential;
  /** What the gate said: every answer it saw tells the limits. */
  admission?: Admission;
  /** What a crash or refusal was caused by, for the log. */
  cause?: unknown;
}

export interface AppEnv {
  Bindings: Env;
  Variables: Variables;
}

export type Ctx = Context<AppEnv>;
export type App = Hono<AppEnv>;

export const apiBase = "/api/v1";

/** The caller's address as Cloudflare saw it; nothing a client can set is believed. */
export const ipOf = (c: Ctx): string | null => c.req.header("cf-connecting-ip") ?? null;
