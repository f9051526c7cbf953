import { env } from "cloudflare:workers";
import fc from "fast-check";
import { describe, it } from "vitest";
import { checkTarget, targetRules, type TargetRules } from "#deliveries/target";
import { Fault } from "#lib/fault";
import { forbidden } from "../modules/webhooks/forbidden.ts";

const strict: TargetRules = { allowLoopback: false, ownHosts: ["api.cloudglass.dev"] };
const development: TargetRules = { allowLoopback: true };

const outcome = (url: string, rules: TargetRules = strict): string => {
  try {
    return checkTarget(url, rules).href;
  } catch (error) {
    if (error instanceof Fault) return error.code;
    throw error;
  }
};

describe("where a webhook may lead", () => {
  it.each(forbidden)("refuses %s", (url) => {
    if (outcome(url) !== "WEBHOOK_URL_BLOCKED") throw new Error(`admitted as ${outcome(url)}`);
  });

  it("admits public https receivers, in their canonical form", ({ expect }) => {
    expect(outcome("https://hooks.example.com/in?token=a")).toBe("https://hooks.example.com/in?token=a");
    expect(outcome("HTTPS://Hooks.Example.COM:443/#part")).toBe("https://hooks.example.com/");
    expect(outcome("https://hooks.example.com:8443/in")).toBe("https://hooks.example.com:8443/in");
    expect(outcome("https://hooks.example.com./in")).toBe("https://hooks.example.com/in");
    expect(outcome("https://bücher.example.com/")).toBe("https://xn--bcher-kva.example.com/");
    expect(outcome("https://localhost.example.com/")).toBe("https://localhost.example.com/");
    expect(outcome("https://10.example.com/")).toBe("https://10.example.com/");
  });

  it("admits this machine only where a development setting says so", ({ expect }) => {
    for (const url of ["http://127.0.0.1:8901/in", "http://localhost:1/", "https://127.0.0.1/", "http://[::1]:3000/"]) {
      expect(outcome(url, development), url).toBe(url);
      expect(outcome(url), url).toBe("WEBHOOK_URL_BLOCKED");
    }
    for (const url of [
      "http://10.0.0.1/",
      "http://169.254.169.254/",
      "http://hooks.example.com/",
      "http://u:p@127.0.0.1/",
      "ftp://localhost/",
    ]) {
      expect(outcome(url, development), url).toBe("WEBHOOK_URL_BLOCKED");
    }
  });

  it("refuses the host of ISSUER_URL, and those of PUBLIC_HOSTS beside it", ({ expect }) => {
    const rules = (own: object) => targetRules({ ...env, ...own });
    const [issuer, other] = ["https://issuer.cloudglass.dev:443/in", "https://api.cloudglass.dev/in"];
    const own = { ISSUER_URL: "https://Issuer.Cloudglass.dev" };
    expect(outcome(issuer, rules(own))).toBe("WEBHOOK_URL_BLOCKED");
    expect(outcome(issuer, rules({ ...own, PUBLIC_HOSTS: " api.cloudglass.dev" }))).toBe("WEBHOOK_URL_BLOCKED");
    expect(outcome(other, rules({ ...own, PUBLIC_HOSTS: " api.cloudglass.dev" }))).toBe("WEBHOOK_URL_BLOCKED");
    expect(outcome(other, rules({ ISSUER_URL: "" }))).toBe(other);
  });

  it("refuses every spelling of every IPv4 address", () => {
    const octet = fc.nat({ max: 255 });
    const spell = fc.constantFrom(
      (value: number) => String(value),
      (value: number) => `0x${value.toString(16)}`,
      (value: number) => `0${value.toString(8)}`,
    );
    const dotted = fc
      .tuple(octet, octet, octet, octet, spell, spell, spell, spell)
      .map(([a, b, c, d, w, x, y, z]) => [w(a), x(b), y(c), z(d)].join("."));
    const whole = fc.tuple(fc.nat({ max: 0xffff_ffff }), spell).map(([value, write]) => write(value));
    const short = fc
      .tuple(octet, fc.nat({ max: 0xff_ffff }), spell, spell)
      .map(([a, rest, x, y]) => `${x(a)}.${y(rest)}`);
    const dot = fc.constantFrom("", ".");
    fc.assert(
      fc.property(
        fc.oneof(dotted, whole, short),
        dot,
        (host, last) => outcome(`https://${host}${last}/`) === "WEBHOOK_URL_BLOCKED",
      ),
      { numRuns: 1_000 },
    );
  });

  it("refuses every IPv6 address", () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => outcome(`https://[${address}]/`) === "WEBHOOK_URL_BLOCKED"),
      { numRuns: 300 },
    );
  });

  it("never lets anything through but https to a named host on 443 or 8443", ({ expect }) => {
    fc.assert(
      fc.property(
        fc.oneof(fc.webUrl({ withQueryParameters: true, withFragments: true }), fc.string(), fc.webAuthority()),
        (text) => {
          const found = outcome(text);
          if (found === "WEBHOOK_URL_BLOCKED") return;
          const url = new URL(found);
          expect([url.protocol, url.username, url.password, url.hash]).toEqual(["https:", "", "", ""]);
          expect(["", "8443"]).toContain(url.port);
          expect(url.hostname).toMatch(/^[^.[\]]+(\.[^.[\]]+)+$/);
          expect(url.hostname).not.toMatch(/^[\d.]+$/);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
