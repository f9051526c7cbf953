// moto as a process of its own: installed once, started on a free port, filled with things.
import { execFile, spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const here = import.meta.dirname;
const venv = path.join(here, "..", "..", "..", ".venv-moto");
const python = path.join(venv, "bin", "python");
const run = promisify(execFile);

function install(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: here, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}\n${error ?? ""}${stdout ?? ""}${stderr ?? ""}`);
}

/** Says what is missing, before anything is installed. */
function needPython() {
  const works = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))";
  if (spawnSync("python3", ["-c", works]).status === 0) return;
  throw new Error(
    "moto needs Python 3.10 or newer, as `python3`, with its modules venv and ensurepip (Debian: python3-venv).",
  );
}

/** Does `work` unless it was done with this very list. A half-made one is made again. */
function once(folder, list, work) {
  const mark = path.join(folder, "installed-from");
  const wanted = readFileSync(path.join(here, list), "utf8");
  if (existsSync(mark) && readFileSync(mark, "utf8") === wanted) return;
  rmSync(folder, { recursive: true, force: true });
  work();
  writeFileSync(mark, wanted);
}

/** moto, at the version that is written down. */
export function installMoto() {
  once(venv, "requirements.txt", () => {
    needPython();
    install("python3", ["-m", "venv", venv]);
    install(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"]);
  });
}

/** moto and the AWS SDK's clients. */
export function installEmulator() {
  installMoto();
  once(path.join(here, "node_modules"), "package-lock.json", () =>
    install("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]),
  );
}

/** Starts it. It ends when its input does, so with this process at the latest. `log()` is what it printed of errors. */
export async function startEmulator() {
  const child = spawn(python, [path.join(here, "server.py")], { stdio: ["pipe", "pipe", "pipe"] });
  let errors = "";
  child.stderr.on("data", (data) => (errors = (errors + data).slice(-20_000)));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const lines = createInterface({ input: child.stdout });
  const [first] = await Promise.race([
    new Promise((resolve) => lines.once("line", (line) => resolve([line]))),
    ended.then(() => [null]),
  ]);
  if (first === null) throw new Error(`moto did not start.\n${errors}`);
  const stop = async () => {
    child.stdin.end();
    child.kill("SIGTERM");
    await ended;
  };
  return { port: Number(first), stop, log: () => errors };
}

/** Runs a script beside its libraries; answers what it printed, as JSON. */
export async function runPython(file, ...args) {
  const { stdout } = await run(python, [file, ...args.map(String)]);
  return JSON.parse(stdout);
}

/** Fills it; answers how many milliseconds each service took. */
export const seed = (port, regions) => runPython(path.join(here, "seed.py"), port, ...regions);
