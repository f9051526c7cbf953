import type { Told } from "../../src/templates/view.ts";

/** The alert that docs/channels.md shows in every form. */
export const documented: Told = {
  event: "alert.triggered",
  eventId: "019aa5d3-0a4b-7c1d-8f7e-3b2a1c0d9e8f",
  at: "2026-03-13T08:04:30.000Z",
  origin: "https://cloudglass.example",
  data: {
    alertId: "019aa5d3-0a4b-7c1d-8f7e-3b2a1c0d9e90",
    ruleId: "019aa5d3-0a4b-7c1d-8f7e-3b2a1c0d9e91",
    ruleName: "Open ports",
    status: "open",
    severity: "critical",
    title: "2 new findings of critical severity",
    summary: "Security group opens a sensitive port: 2 in production.",
    group: "platform",
    runId: null,
    at: "2026-03-13T08:04:30.000Z",
    active: 3,
    fresh: 2,
    items: [
      {
        kind: "finding",
        id: "019aa5d3-0a4b-7c1d-8f7e-3b2a1c0d9e92",
        title: "Security group opens a sensitive port",
        summary: "Security group sg-76f812815a064c295 opens 22 to 0.0.0.0/0.",
        severity: "critical",
        awsAccountId: "123456789012",
        accountName: "production",
        region: "eu-west-1",
        resourceName: "ssh-open",
        resourceArn: "arn:aws:ec2:eu-west-1:123456789012:security-group/sg-76f812815a064c295",
        evidence: [
          {
            call: "ec2:DescribeSecurityGroups",
            field: "SecurityGroups[].IpPermissions[]",
            value: { protocol: "tcp", fromPort: 22, toPort: 22, sources: ["0.0.0.0/0"] },
          },
        ],
        fix: "Allow the port to known addresses only, or use Session Manager.",
      },
    ],
    omitted: 1,
  },
};
