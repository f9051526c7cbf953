import type { About, Check, Examples } from "#checks/check";
import { exampleBalancer } from "./examples.ts";
import { exposureOf, settingEvidence, unreadSettings } from "./shared.ts";

export const check: Check<"elbv2.loadBalancers"> = {
  id: "elb_drop_invalid_headers_off",
  severity: "low",
  category: "security",
  domain: "network_exposure",
  effort: "low",
  confidence: 1,
  drift: true,
  resources: ["elbv2.loadBalancers"],
  decisive: [],
  params: {},
  judge({ name, nativeId, attributes: balancer }) {
    const { type, dropInvalidHeaders, desyncMitigationMode } = balancer;
    if (type !== "application") return null;
    const passesHeaders = dropInvalidHeaders === false || dropInvalidHeaders === null;
    const onlyWatches = desyncMitigationMode === "monitor";
    if (!passesHeaders && !onlyWatches) {
      const isRead = dropInvalidHeaders !== undefined && desyncMitigationMode !== undefined;
      return isRead ? { status: "pass" } : unreadSettings;
    }
    const wrongs = [
      ...(passesHeaders ? ["forwards invalid header fields"] : []),
      ...(onlyWatches ? ["only watches ambiguous requests"] : []),
    ];
    return {
      status: "fail",
      exposure: exposureOf(balancer),
      variants: [...(passesHeaders ? ["headers"] : []), ...(onlyWatches ? ["desync"] : [])],
      summary: `Load balancer ${name ?? nativeId} ${wrongs.join(" and ")}.`,
      details: { dropInvalidHeaders: dropInvalidHeaders ?? null, desyncMitigationMode: desyncMitigationMode ?? null },
      evidence: [
        settingEvidence("routing.http.drop_invalid_header_fields.enabled", dropInvalidHeaders ?? null),
        settingEvidence("routing.http.desync_mitigation_mode", desyncMitigationMode ?? null),
      ],
    };
  },
};

export const about: About = {
  title: "The load balancer passes malformed HTTP requests on",
  rationale:
    "Where it and the server behind it read a request differently, an attacker can hide a second one inside and act in another visitor's name.",
  remediation:
    "Two attributes of the load balancer decide it: let invalid fields be dropped, and choose a desync mode other than monitor.",
  controls: {},
  variants: { headers: { aws_fsbp: ["ELB.4"] }, desync: { aws_fsbp: ["ELB.12"] } },
};

export const examples = (): Examples<"elbv2.loadBalancers"> => ({
  pass: [
    { name: "dropped and defended", found: exampleBalancer() },
    { name: "strictest", found: exampleBalancer({ desyncMitigationMode: "strictest" }) },
  ],
  fail: [
    {
      name: "headers pass",
      found: exampleBalancer({ dropInvalidHeaders: false }),
      expect: { exposure: "internet", variants: ["headers"] },
    },
    { name: "never set", found: exampleBalancer({ dropInvalidHeaders: null }), expect: { variants: ["headers"] } },
    {
      name: "only monitored",
      found: exampleBalancer({ desyncMitigationMode: "monitor", scheme: "internal" }),
      expect: { exposure: "internal", variants: ["desync"] },
    },
    {
      name: "both",
      found: exampleBalancer({ dropInvalidHeaders: false, desyncMitigationMode: "monitor" }),
      expect: { variants: ["headers", "desync"] },
    },
  ],
  unknown: [
    { name: "headers not readable", found: exampleBalancer({ dropInvalidHeaders: undefined }) },
    { name: "mode not readable", found: exampleBalancer({ desyncMitigationMode: undefined }) },
  ],
  notApplicable: [{ name: "a network load balancer", found: exampleBalancer({ type: "network" }) }],
});
