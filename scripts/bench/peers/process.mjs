// What the runtime takes of this machine, from Linux's /proc; nothing where there is none.
import { readdirSync, readFileSync } from "node:fs";

const ticksPerSecond = 100;
const text = (file) => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
};

/** The fields of /proc/<pid>/stat after the name, which may hold anything. */
const fieldsOf = (pid) => text(`/proc/${pid}/stat`).split(") ").at(-1).split(" ");

/** The youngest workerd among our children. */
export function workerdOf() {
  const pids = text("/proc/self/stat") === "" ? [] : readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const [pid] = pids
    .filter((pid) => Number(fieldsOf(pid)[1]) === process.pid && text(`/proc/${pid}/comm`).trim() === "workerd")
    .toSorted((a, b) => Number(b) - Number(a));
  return {
    /** Milliseconds of CPU since it began. */
    cpuMs() {
      const [utime, stime] = fieldsOf(pid).slice(11, 13);
      return ((Number(utime) + Number(stime)) * 1_000) / ticksPerSecond;
    },
    /** Milliseconds its first thread, which runs all of the Worker, was ready and waited for a core that others had. */
    waitedMs: () => Number(text(`/proc/${pid}/schedstat`).split(" ")[1]) / 1e6,
    peakMib: () => Number(/^VmHWM:\s+(\d+)/m.exec(text(`/proc/${pid}/status`))?.[1]) / 1_024,
  };
}
