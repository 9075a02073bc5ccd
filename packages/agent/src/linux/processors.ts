/** Sockets, cores and threads from /proc/cpuinfo and the kernel's topology (Documentation/admin-guide/cputopology). */
import { present } from "../collecting/collector.ts";
import { armProcessor } from "./arm-processors.ts";
import type { Cpu } from "./cpuinfo.ts";
import { told } from "./firmware-text.ts";
import { processorName } from "./processor-names.ts";

interface Processor {
  readonly socket: string;
  readonly manufacturer?: string;
  readonly model?: string;
  readonly cores?: number;
  readonly threads: number;
  readonly microcode?: string;
  readonly maximumMegahertz?: number;
}

interface Processors {
  readonly processors?: Processor[];
  readonly cores?: number;
  readonly threads?: number;
}

/** Where a CPU sits: values that are the same for its socket, and for its core within all. */
export interface CpuPlace {
  readonly socket?: string | undefined;
  readonly core?: string | undefined;
  /** The fastest that it may run; told of one thread of each core. */
  readonly megahertz?: number | undefined;
}

/** `places` are by the kernel's number of the CPU; those of CPUs that are off are not known, nor are these counted. */
export function processorsOf(cpus: readonly Cpu[], places: ReadonlyMap<number, CpuPlace>): Processors {
  const sockets = Map.groupBy(seen(cpus, places), ({ socket }) => socket);
  if (sockets.size === 0) return {};
  const processors = [...sockets].map(([socket, threads]) => processorOf(socket, threads));
  const cores = processors.reduce<number | undefined>(
    (sum, each) => (sum === undefined || each.cores === undefined ? undefined : sum + each.cores),
    0,
  );
  const threads = processors.reduce((sum, each) => sum + each.threads, 0);
  return present({ processors, cores, threads });
}

interface Thread {
  readonly cpu: Cpu;
  readonly socket: string;
  readonly core: string | undefined;
  readonly megahertz: number | undefined;
}

/** In the order of their numbers, so that what the first of them says is always the same. */
function seen(cpus: readonly Cpu[], places: ReadonlyMap<number, CpuPlace>): Thread[] {
  const known = new Map(cpus.map((cpu) => [cpu.number, cpu]));
  const numbers = new Set(known.size > 0 ? known.keys() : places.keys());
  return [...numbers]
    .sort((one, other) => one - other)
    .map((number) =>
      threadOf(known.get(number) ?? { number, value: () => undefined }, places.get(number) ?? {}),
    );
}

function threadOf(cpu: Cpu, place: CpuPlace): Thread {
  const socket =
    socketNumber(place.socket) ?? socketNumber(cpu.value("physical id") ?? cpu.value("package")) ?? "0";
  const core = cpu.value("core id") ?? cpu.value("core");
  return {
    cpu,
    socket,
    core: place.core ?? (core === undefined ? undefined : `${socket}:${core}`),
    megahertz: place.megahertz,
  };
}

/** A kernel that does not know the socket says -1. */
const socketNumber = (text: string | undefined): string | undefined =>
  /^\d{1,10}$/.test(text?.trim() ?? "") ? text?.trim() : undefined;

function processorOf(socket: string, threads: readonly Thread[]): Processor {
  const names = threads.map(({ cpu }) => processorName(cpu));
  return present({
    socket,
    manufacturer: names.find(({ manufacturer }) => manufacturer !== undefined)?.manufacturer,
    model: modelOf(names.map(({ model }) => model)),
    cores: coresOf(threads),
    threads: threads.length,
    microcode: threads
      .map(({ cpu }) => told(cpu.value("microcode")))
      .find((version) => version !== undefined),
    maximumMegahertz: fastest(threads),
  });
}

/** Of a socket with cores of several kinds that of the fastest. */
function fastest(threads: readonly Thread[]): number | undefined {
  const most = threads.reduce((most, { megahertz = 0 }) => Math.max(most, megahertz), 0);
  return most === 0 ? undefined : most;
}

/** Of a socket with cores of several kinds all are named: "Cortex-A55 + Cortex-A76". */
function modelOf(models: readonly (string | undefined)[]): string | undefined {
  const kinds = [...new Set(models.filter((model) => model !== undefined))].sort();
  return kinds.length === 0 ? undefined : kinds.join(" + ");
}

function coresOf(threads: readonly Thread[]): number | undefined {
  const cores = new Set(threads.map(({ core }) => core));
  if (cores.has(undefined)) return isOneThreadEach(threads) ? threads.length : undefined;
  // Without topology files: cores of a package with two dies have the same numbers on older AMD processors.
  const said = Number(/^\d{1,5}$/.exec(threads[0]?.cpu.value("cpu cores") ?? "")?.[0] ?? 0);
  return Math.max(cores.size, Math.min(said, threads.length));
}

/** Whether each core runs one thread as far as the CPUs themselves tell, where the kernel does not tell the cores. */
function isOneThreadEach(threads: readonly Thread[]): boolean {
  if (threads.length === 1) return true;
  return threads.every(({ cpu }) => {
    const flags = cpu.value("flags");
    if (flags !== undefined) return !flags.split(" ").includes("ht");
    if (cpu.value("max thread id") !== undefined) return cpu.value("max thread id") === "0";
    const implementer = cpu.value("CPU implementer");
    return implementer !== undefined && !armProcessor(implementer, cpu.value("CPU part")).multithreaded;
  });
}
