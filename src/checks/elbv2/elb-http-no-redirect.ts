import type { Listener } from "#collectors/elbv2/load-balancers";
import type { About, Check, Examples } from "#checks/check";
import { exampleBalancer, exampleListener } from "./examples.ts";
import { exposureOf, isPublic, unreadListeners } from "./shared.ts";

export const check: Check<"elbv2.loadBalancers"> = {
  id: "elb_http_no_redirect",
  severity: "medium",
  category: "security",
  domain: "encryption",
  effort: "low",
  confidence: 0.9,
  drift: true,
  resources: ["elbv2.loadBalancers"],
  decisive: ["scheme", "ports"],
  params: {},
  judge({ name, nativeId, attributes: balancer }) {
    const isPlain = plainListener[balancer.type ?? ""];
    if (!isPlain) return null;
    if (balancer.listeners === undefined) return unreadListeners;
    // What passes TCP 80 on inside a VPC need not be the web.
    const plain = balancer.type === "network" && !isPublic(balancer) ? [] : balancer.listeners.filter(isPlain);
    if (plain.length === 0) return { status: "pass" };
    const ports = plain.map(({ port }) => port).toSorted((a, b) => (a ?? 0) - (b ?? 0));
    return {
      status: "fail",
      severity: isPublic(balancer) ? "medium" : "low",
      exposure: exposureOf(balancer),
      summary: `Load balancer ${name ?? nativeId} serves plain HTTP on port ${ports.join(", ")}.`,
      details: { scheme: balancer.scheme, ports },
      evidence: plain.map(({ port, protocol, defaultActions }) => ({
        call: "elbv2:DescribeListeners",
        field: "Listeners[].DefaultActions[].Type",
        value: { port, protocol, defaultActions },
      })),
    };
  },
};

const plainListener: Readonly<Record<string, (listener: Listener) => boolean>> = {
  application: ({ protocol, defaultActions }) =>
    protocol === "HTTP" &&
    !(
      defaultActions.length === 1 &&
      defaultActions.every(({ type, redirectProtocol }) => type === "redirect" && redirectProtocol === "HTTPS")
    ),
  network: ({ protocol, port }) => protocol === "TCP" && port === 80,
};

export const about: About = {
  title: "The load balancer answers over unencrypted HTTP",
  rationale:
    "On the way to it others can read along, take over sessions, or keep the visitor from ever reaching the encrypted site.",
  remediation:
    "Let the HTTP listener do one thing only: redirect to HTTPS with status 301. Behind a network load balancer, let the application do that, or close port 80.",
  controls: { aws_fsbp: ["ELB.1", "ELB.18"] },
};

export const examples = (): Examples<"elbv2.loadBalancers"> => {
  const redirect = { type: "redirect", redirectProtocol: "HTTPS" };
  const http = exampleListener({ port: 80, protocol: "HTTP", sslPolicy: null });
  const tcp = { ...http, protocol: "TCP" };
  const network = { type: "network", listeners: [tcp] };
  return {
    pass: [
      { name: "HTTPS only", found: exampleBalancer() },
      { name: "redirects", found: exampleBalancer({ listeners: [{ ...http, defaultActions: [redirect] }] }) },
      { name: "an internal network load balancer", found: exampleBalancer({ ...network, scheme: "internal" }) },
      { name: "TCP on another port", found: exampleBalancer({ ...network, listeners: [{ ...tcp, port: 81 }] }) },
    ],
    fail: [
      {
        name: "serves HTTP to the internet",
        found: exampleBalancer({ listeners: [exampleListener(), { ...http, port: 8080 }, http] }),
        expect: { severity: "medium", exposure: "internet", details: { scheme: "internet-facing", ports: [80, 8080] } },
      },
      {
        name: "serves HTTP inside",
        found: exampleBalancer({ scheme: "internal", listeners: [http] }),
        expect: { severity: "low", exposure: "internal" },
      },
      {
        name: "redirects to HTTP",
        found: exampleBalancer({
          listeners: [{ ...http, defaultActions: [{ ...redirect, redirectProtocol: "HTTP" }] }],
        }),
      },
      {
        name: "redirects to the protocol of the request",
        found: exampleBalancer({
          listeners: [{ ...http, defaultActions: [{ ...redirect, redirectProtocol: "#{protocol}" }] }],
        }),
      },
      { name: "TCP 80 of a network load balancer", found: exampleBalancer(network), expect: { severity: "medium" } },
    ],
    unknown: [{ name: "listeners not readable", found: exampleBalancer({ listeners: undefined }) }],
    notApplicable: [{ name: "a gateway", found: exampleBalancer({ type: "gateway", scheme: null }) }],
  };
};
