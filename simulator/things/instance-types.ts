import { AwsError, ec2Answer, escapeXml } from "../answers.ts";
import type { Operation } from "../calls.ts";
import { xmlOf } from "./thing.ts";

/** vCPUs by the size of an instance; `<n>xlarge` has 4n. */
const vCpusOf = (size: string): number => {
  const [, times] = /^(\d*)xlarge/.exec(size) ?? [];
  if (times !== undefined) return 4 * Number(times || 1);
  return size.startsWith("metal") ? 96 : 2;
};
const smallMib: Readonly<Record<string, number>> = { nano: 512, micro: 1024, small: 2048, medium: 4096 };
const mibPerVcpu: Readonly<Record<string, number>> = { c: 2048, r: 8192, x: 16_384 };

function instanceTypeOf(type: string) {
  const [, family = "", generation = "", size = ""] = /^([a-z]+)(\d+)[a-z\d-]*\.([a-z\d-]+)$/.exec(type) ?? [];
  if (family === "") {
    const message = `The following supplied instance types do not exist: [${escapeXml(type)}]`;
    throw new AwsError("InvalidInstanceType", 400, message);
  }
  const vCpus = vCpusOf(size);
  return {
    instanceType: type,
    currentGeneration: !/^(?:t1|[cgmr][1-3]|cc2|cr1|i2|hs1)$/.test(family + generation),
    burstablePerformanceSupported: family === "t" && generation !== "1",
    vCpuInfo: { defaultVCpus: vCpus },
    memoryInfo: { sizeInMiB: smallMib[size] ?? vCpus * (mibPerVcpu[family] ?? 4096) },
  };
}

/** Those asked for. Real types and made-up ones are told apart by their form alone. */
export const describeInstanceTypes: Operation = (call) => {
  const asked = Object.entries(call.input).filter(([name]) => /^InstanceType\.\d+$/.test(name));
  const item = asked.map(([, type]) => instanceTypeOf(String(type)));
  return ec2Answer(call.action, xmlOf({ instanceTypeSet: { item } }));
};
