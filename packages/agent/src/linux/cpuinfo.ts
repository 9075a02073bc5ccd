/** /proc/cpuinfo of every architecture: blocks of `key : value`, one for each CPU that is on, and lines about all. */

/** One CPU of the kernel: a hardware thread. */
export interface Cpu {
  readonly number: number;
  /** A value of this CPU, else of all. */
  value(key: string): string | undefined;
}

export interface Cpuinfo {
  readonly cpus: readonly Cpu[];
  /** A line outside of the CPUs' blocks. */
  common(key: string): string | undefined;
}

/** More blocks than any kernel has CPUs are left unread. */
const mostCpus = 65_536;

interface Block {
  readonly number: number;
  readonly values: Map<string, string>;
}

export function parseCpuinfo(text: string): Cpuinfo {
  const common = new Map<string, string>();
  const blocks: Block[] = [];
  let current: Map<string, string> | null = null;
  for (const line of text.split("\n")) {
    const colon = line.indexOf(":");
    if (colon === -1) {
      // A blank line ends a block; some recorders lose them, then the next CPU's first line does.
      if (line.trim() === "") current = null;
      continue;
    }
    const [key, value] = [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    const number = startsCpu(key, value);
    if (number !== undefined && blocks.length < mostCpus) {
      current = new Map();
      blocks.push({ number, values: current });
    } else setFirst(current ?? common, key, value);
  }
  const shared = (key: string) => common.get(key);
  return { cpus: blocks.map((block) => cpuOf(block, shared)), common: shared };
}

function cpuOf({ number, values }: Block, shared: (key: string) => string | undefined): Cpu {
  return { number, value: (key) => values.get(key) ?? shared(key) };
}

/** `processor : 0`, on s390 `cpu number : 0`; but not the name in `Processor : ARMv7 Processor rev 10 (v7l)`. */
function startsCpu(key: string, value: string): number | undefined {
  return (key === "processor" || key === "cpu number") && /^\d{1,6}$/.test(value) ? Number(value) : undefined;
}

function setFirst(values: Map<string, string>, key: string, value: string): void {
  if (!values.has(key)) values.set(key, value);
}
