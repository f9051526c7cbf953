import type { About, Check, Examples } from "#checks/check";
import { exampleBalancer, exampleListener } from "./examples.ts";
import { exposureOf, unreadListeners } from "./shared.ts";

interface Params {
  /** How the names of good policies begin. */
  readonly allowed: readonly string[];
}

export const check: Check<"elbv2.loadBalancers", Params> = {
  id: "elb_weak_tls_policy",
  severity: "medium",
  category: "security",
  domain: "encryption",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["elbv2.loadBalancers"],
  decisive: ["listeners"],
  params: {
    allowed: [
      "ELBSecurityPolicy-TLS13-1-2",
      "ELBSecurityPolicy-TLS13-1-3",
      "ELBSecurityPolicy-TLS-1-2",
      "ELBSecurityPolicy-FS-1-2",
    ],
  },
  judge({ name, nativeId, attributes: balancer }, { params }) {
    if (balancer.listeners === undefined) return unreadListeners;
    const encrypted = balancer.listeners.filter(({ protocol }) => protocol === "HTTPS" || protocol === "TLS");
    if (encrypted.length === 0) return null;
    const weak = encrypted.filter(
      ({ sslPolicy }) => sslPolicy !== null && !params.allowed.some((prefix) => sslPolicy.startsWith(prefix)),
    );
    if (weak.length > 0) {
      const policies = [...new Set(weak.map(({ sslPolicy }) => sslPolicy))];
      return {
        status: "fail",
        exposure: exposureOf(balancer),
        summary: `Load balancer ${name ?? nativeId} allows outdated TLS by ${policies.join(", ")}.`,
        details: { listeners: weak.map(({ port, sslPolicy }) => ({ port, sslPolicy })) },
        evidence: weak.map(({ sslPolicy }) => ({
          call: "elbv2:DescribeListeners",
          field: "Listeners[].SslPolicy",
          value: sslPolicy,
        })),
      };
    }
    return encrypted.some(({ sslPolicy }) => sslPolicy === null)
      ? { status: "unknown", reason: "elbv2:DescribeListeners did not give a listener's TLS policy" }
      : { status: "pass" };
  },
};

export const about: About = {
  title: "A listener still speaks old versions of TLS",
  rationale:
    "TLS 1.0 and 1.1 and the ciphers that go with them have known attacks, and audits for cards and health data turn them down.",
  remediation:
    "Give the listener a policy that begins at TLS 1.2 (its name has TLS13-1-2 in it), after a look at which clients still come with less.",
  controls: { aws_fsbp: ["ELB.17"], nist_800_53_r5: ["sc_8_1", "sc_23_5"] },
};

export const examples = (): Examples<"elbv2.loadBalancers", Params> => {
  const by = (sslPolicy: string | null, protocol = "HTTPS") =>
    exampleBalancer({ listeners: [exampleListener({ sslPolicy, protocol })] });
  return {
    pass: [
      { name: "TLS 1.2 and 1.3", found: exampleBalancer() },
      { name: "TLS 1.2", found: by("ELBSecurityPolicy-TLS-1-2-2017-01") },
      { name: "forward secrecy from TLS 1.2", found: by("ELBSecurityPolicy-FS-1-2-Res-2020-10", "TLS") },
    ],
    fail: [
      {
        name: "the old default",
        found: by("ELBSecurityPolicy-2016-08"),
        expect: {
          severity: "medium",
          exposure: "internet",
          details: { listeners: [{ port: 443, sslPolicy: "ELBSecurityPolicy-2016-08" }] },
        },
      },
      { name: "TLS 1.3 and also 1.0", found: by("ELBSecurityPolicy-TLS13-1-0-2021-06") },
      { name: "TLS 1.1 of a network load balancer", found: by("ELBSecurityPolicy-TLS-1-1-2017-01", "TLS") },
      {
        name: "a stricter list",
        found: by("ELBSecurityPolicy-TLS-1-2-2017-01"),
        params: { allowed: ["ELBSecurityPolicy-TLS13-1-3"] },
      },
    ],
    unknown: [
      { name: "listeners not readable", found: exampleBalancer({ listeners: undefined }) },
      { name: "policy not said", found: by(null) },
    ],
    notApplicable: [{ name: "nothing encrypted", found: by(null, "HTTP") }],
  };
};
