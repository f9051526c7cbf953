import type { FoundBy } from "#collectors/registry";

/** A recorder of everything that works, but for what is given. */
export const exampleRecorder = (
  attributes: Partial<FoundBy<"config.recorders">["attributes"]> = {},
  observed: Partial<FoundBy<"config.recorders">["observed"]> = {},
): FoundBy<"config.recorders"> => ({
  nativeId: "eu-west-1",
  arn: "arn:aws:config:eu-west-1:111122223333:configuration-recorder/default/1a2b",
  name: "default",
  state: null,
  tags: {},
  createdAt: null,
  attributes: {
    exists: true,
    isRecording: true,
    allSupported: true,
    includesGlobalTypes: true,
    strategy: "ALL_SUPPORTED_RESOURCE_TYPES",
    resourceTypes: [],
    excludedTypes: [],
    ...attributes,
  },
  observed: {
    lastStatus: "SUCCESS",
    lastErrorCode: null,
    lastStatusChangedAt: "2026-05-01T00:00:00.000Z",
    ...observed,
  },
});
