import { exports } from "cloudflare:workers";

export const origin = "https://cloudglass.test";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; the text when it is something else; null when empty. */
  // A test reads what it expects to be there; every JSON answer was held against the OpenAPI document before.
  readonly body: any;
  readonly text: string;
}
