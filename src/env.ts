import type { AlertsMessage, DeliveryMessage, ScanTaskMessage } from "#db/messages";
import type { OrgGate } from "#objects/org-gate";
import type { ScanFeed } from "#objects/scan-feed";

/** Every binding, by its name in wrangler.toml. */
export interface Env {
  /** The first of the pool of databases; `DB_1`, `DB_2` … are the others. An organization lives in one of them. */
  readonly DB: D1Database;
  /** API-key look-ups. A cache: losing it loses nothing. */
  readonly KEYS: KVNamespace;
  readonly ORG_GATE: DurableObjectNamespace<OrgGate>;
  readonly SCAN_FEED: DurableObjectNamespace<ScanFeed>;
  readonly SCAN_TASKS: Queue<ScanTaskMessage>;
  readonly DELIVERIES: Queue<DeliveryMessage>;
  /** The platform's own e-mail sending, and the address it sends from; either absent: no channels of e-mail. */
  readonly EMAIL?: SendEmail;
  readonly EMAIL_FROM?: string;
  readonly ALERTS: Queue<AlertsMessage>;
  /** The reference UI's script. */
  readonly ASSETS: Fetcher;
  /** Stands in for AWS where a development configuration binds it; absent in production, where AWS itself is asked. */
  readonly AWS?: Fetcher;

  /** Secret: `1:<base64 of 32 bytes>[,2:…]`. */
  readonly MASTER_KEYS: string;
  /** Secret: what `POST /bootstrap` asks for. */
  readonly BOOTSTRAP_TOKEN?: string;
  /** Secrets: the operator's own AWS principal, which customers' roles trust. Absent: the role method is refused. */
  readonly OPERATOR_ACCESS_KEY_ID?: string;
  readonly OPERATOR_SECRET_ACCESS_KEY?: string;

  /** The ARN of that principal, which customers' trust policies name; absent: AWS is asked whose the keys are. */
  readonly OPERATOR_PRINCIPAL_ARN?: string;

  /** `https://…` without a path: what Cloudglass calls itself in the tokens that open keyless accounts. Empty: no keyless accounts. */
  readonly ISSUER_URL?: string;
  /** Origins that browsers may call from, separated by commas; empty: none. */
  readonly CORS_ORIGINS: string;
  /** Seconds a WebSocket may stay without credentials. */
  readonly WEBSOCKET_AUTH_TIMEOUT_SECONDS: string;
  /** Hosts this deployment answers under, separated by commas: no webhook may point at them. */
  readonly PUBLIC_HOSTS?: string;
  /** `true` admits webhooks to http and loopback addresses. Development only. */
  readonly WEBHOOKS_ALLOW_LOOPBACK?: string;
  /** Where events for PagerDuty go instead, where loopback addresses are admitted. Development only. */
  readonly PAGERDUTY_URL?: string;
}
