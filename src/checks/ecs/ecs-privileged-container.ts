import type { Container } from "#collectors/ecs/task-definitions";
import type { About, Check, Examples } from "#checks/check";
import { exampleContainer, exampleTaskDefinition } from "./examples.ts";
import { unreadRevision } from "./shared.ts";

export const check: Check<"ecs.taskDefinitions"> = {
  id: "ecs_privileged_container",
  severity: "high",
  category: "security",
  domain: "network_exposure",
  effort: "medium",
  confidence: 1,
  drift: false,
  resources: ["ecs.taskDefinitions"],
  decisive: ["reasons", "containers"],
  params: {},
  judge({ name, nativeId, attributes: { containers, pidMode, networkMode } }) {
    const named = (is: (container: Container) => boolean): readonly string[] =>
      (containers ?? []).filter(is).map((container) => container.name ?? "unnamed");
    const privileged = named((container) => container.privileged === true);
    const roots = networkMode === "host" ? named(isRoot) : [];
    const reasons = [
      ...(privileged.length > 0 ? ["privileged"] : []),
      ...(pidMode === "host" ? ["host_pid"] : []),
      ...(roots.length > 0 ? ["host_network_as_root"] : []),
    ];
    if (reasons.length === 0) {
      const isRead = containers !== undefined && pidMode !== undefined && networkMode !== undefined;
      return isRead ? { status: "pass" } : unreadRevision;
    }
    const call = "ecs:DescribeTaskDefinition";
    return {
      status: "fail",
      variants: reasons,
      summary: `Task definition ${name ?? nativeId} gives its containers the host: ${reasons.join(", ")}.`,
      details: { reasons, containers: [...new Set([...privileged, ...roots])].toSorted() },
      evidence: [
        { call, field: "taskDefinition.containerDefinitions[].privileged", value: privileged },
        { call, field: "taskDefinition.pidMode", value: pidMode ?? null },
        { call, field: "taskDefinition.networkMode", value: networkMode ?? null },
      ],
    };
  },
};

/** A name or number, with a group behind it or without; the image's own, which is mostly root, when nothing is said. */
const isRoot = ({ user }: Container): boolean => ["", "root", "0"].includes(user?.split(":")[0] ?? "");

export const about: About = {
  title: "A running container is hardly separated from its host",
  rationale:
    "Who breaks into such a container has the machine under it, with its role and with whatever else runs there.",
  remediation:
    "Take out privileged mode and the host's namespaces. Single capabilities can be added where a program needs them; Fargate allows none of this to begin with.",
  controls: {},
  variants: {
    privileged: { aws_fsbp: ["ECS.4"], "pci_dss_4.0": ["7.2.1", "7.2.2", "7.2.3"] },
    host_pid: { aws_fsbp: ["ECS.3"], "pci_dss_4.0": ["1.4.5"] },
    host_network_as_root: { aws_fsbp: ["ECS.1"], "pci_dss_4.0": ["7.2.1", "7.2.2", "7.2.3"] },
  },
};

export const examples = (): Examples<"ecs.taskDefinitions"> => {
  const privileged = { containers: [exampleContainer(), exampleContainer({ name: "agent", privileged: true })] };
  const inHost = (user: string | null) => ({ networkMode: "host", containers: [exampleContainer({ user })] });
  return {
    pass: [
      { name: "on its own", found: exampleTaskDefinition() },
      { name: "nothing said", found: exampleTaskDefinition({ containers: [exampleContainer({ privileged: null })] }) },
      { name: "the host's network, not as root", found: exampleTaskDefinition(inHost("1000:1000")) },
      { name: "root on its own", found: exampleTaskDefinition({ containers: [exampleContainer({ user: "root" })] }) },
    ],
    fail: [
      {
        name: "privileged",
        found: exampleTaskDefinition(privileged),
        expect: { severity: "high", variants: ["privileged"], details: { containers: ["agent"] } },
      },
      {
        name: "the host's processes",
        found: exampleTaskDefinition({ pidMode: "host" }),
        expect: { variants: ["host_pid"], details: { reasons: ["host_pid"], containers: [] } },
      },
      {
        name: "the host's network, as the image says",
        found: exampleTaskDefinition(inHost(null)),
        expect: { variants: ["host_network_as_root"], details: { containers: ["web"] } },
      },
      { name: "the host's network, as root", found: exampleTaskDefinition(inHost("root")) },
      { name: "the host's network, as 0 with a group", found: exampleTaskDefinition(inHost("0:1000")) },
      {
        name: "everything",
        found: exampleTaskDefinition({ ...privileged, networkMode: "host", pidMode: "host" }),
        expect: { variants: ["privileged", "host_pid"] },
      },
    ],
    unknown: [
      { name: "containers not readable", found: exampleTaskDefinition({ containers: undefined }) },
      { name: "processes not readable", found: exampleTaskDefinition({ pidMode: undefined }) },
      { name: "network not readable", found: exampleTaskDefinition({ networkMode: undefined }) },
    ],
  };
};
