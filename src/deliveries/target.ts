import type { Env } from "#env";
import { Fault } from "#lib/fault";

export interface TargetRules {
  /** Development: http and any port on this machine. */
  readonly allowLoopback: boolean;
  /** Cloudglass's own hosts: what it sends may not come back to it. */
  readonly ownHosts?: readonly string[];
}

/** The rules of a deployment. Its own hosts are that of `ISSUER_URL` and those `PUBLIC_HOSTS` names, separated by commas. */
export function targetRules(env: Env): TargetRules {
  const issuer = URL.parse(env.ISSUER_URL ?? "")?.hostname ?? "";
  const ownHosts = `${env.PUBLIC_HOSTS ?? ""},${issuer}`.split(",").map((host) => host.trim().toLowerCase());
  return { allowLoopback: env.WEBHOOKS_ALLOW_LOOPBACK === "true", ownHosts: ownHosts.filter((host) => host !== "") };
}

const lengthMax = 2_048;
const ports = new Set(["", "443", "8443"]);
const loopbackHosts = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Suffixes that never lead to a public receiver: reserved (RFC 6761, 6762, 8375, 9476), private by custom, metadata. */
const deniedSuffixes = [
  "localhost",
  "localdomain",
  "local",
  "internal",
  "intranet",
  "private",
  "corp",
  "home",
  "lan",
  "arpa",
  "onion",
  "invalid",
  // Names made of an address, or that always mean this machine.
  "nip.io",
  "sslip.io",
  "xip.io",
  "localtest.me",
  "lvh.me",
];

/**
 * The URL a webhook may be sent to, in its canonical form, without fragment. Pure: looks at the name, not at what it
 * resolves to; that a public name points into a private network is left to the platform, which has no route there.
 * Fault: WEBHOOK_URL_BLOCKED.
 */
export function checkTarget(text: string, rules: TargetRules): URL {
  const url = text.length <= lengthMax ? URL.parse(text) : null;
  if (!url || url.href.length > lengthMax)
    throw blocked(`It must be an absolute URL of at most ${lengthMax} characters.`);
  if (url.username !== "" || url.password !== "") throw blocked("It must not hold credentials.");
  url.hash = "";
  if (rules.allowLoopback && isLoopback(url)) return url;
  if (url.protocol !== "https:") throw blocked("It must begin with https://.");
  if (!ports.has(url.port)) throw blocked("Only the ports 443 and 8443 can be used.");
  url.hostname = publicHost(url.hostname);
  if (rules.ownHosts?.includes(url.hostname)) throw blocked("It must not lead back to Cloudglass.");
  return url;
}

const isLoopback = (url: URL): boolean =>
  (url.protocol === "http:" || url.protocol === "https:") && loopbackHosts.has(url.hostname);

/** The host without its last dot. WHATWG URL has already turned every spelling of an IPv4 address into the dotted one. */
function publicHost(hostname: string): string {
  const host = hostname.replace(/\.$/, "");
  if (host.startsWith("[") || /^[\d.]+$/.test(host)) throw blocked("It must name a host, not an address.");
  const labels = host.split(".");
  if (labels.length < 2 || labels.includes("")) throw blocked("Its host must be a full public name.");
  if (deniedSuffixes.some((suffix) => host === suffix || host.endsWith(`.${suffix}`))) {
    throw blocked("Its host belongs to a private or reserved name space.");
  }
  return host;
}

const blocked = (why: string): Fault =>
  new Fault("WEBHOOK_URL_BLOCKED", `Webhooks cannot be sent to this URL. ${why}`, {
    errors: [{ in: "body", pointer: "/url", message: why }],
  });
