export { channelKinds } from "./channel.ts";
export { tellDigests } from "./digests.ts";
