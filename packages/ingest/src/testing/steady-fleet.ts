/** Devices that go on telling a server what is new, whatever becomes of its database, and judge each of its answers. */
import { digestOf, stateDigest } from "@rollcall/protocol";
import { machine } from "./machine.ts";
import { outcomeOf } from "./outcome.ts";
import type { ServerProcess } from "./server-process.ts";
import { type Reply, SimulatedDevice } from "./simulated-device.ts";

/** What a server says that cannot tell whether it did what it was asked. */
const meanwhile: readonly string[] = ["503 not-ready", "503 busy"];

export class SteadyFleet {
  /** Changes that were acknowledged. */
  acknowledged = 0;
  /** Requests that were put off: with 503, and when to come again. */
  putOff = 0;
  readonly #devices: readonly SimulatedDevice[];
  readonly #name: string;
  /** As they were acknowledged last. */
  readonly #names = new Map<SimulatedDevice, string>();
  #changes = 0;
  #ended: Promise<unknown> = Promise.resolve();
  #goesOn = false;
  #tell = () => {};

  /** So many devices of a server, whose names begin with this one; they have enrolled, and rest. */
  static async of(server: ServerProcess, name: string, size: number): Promise<SteadyFleet> {
    const options = await server.enrolment(size);
    const devices = Array.from({ length: size }, () => new SimulatedDevice(options));
    await Promise.all(devices.map((device) => device.enrol()));
    return new SteadyFleet(devices, name);
  }

  private constructor(devices: readonly SimulatedDevice[], name: string) {
    this.#devices = devices;
    this.#name = name;
  }

  goOn(): void {
    this.#goesOn = true;
    this.#ended = Promise.all(this.#devices.map((device) => this.#each(device)));
    // Whoever waits for something hears of it.
    this.#ended.catch(() => {});
  }

  /** Resolves when so many more changes were acknowledged. Rejects when a device was told something wrong. */
  async more(changes: number): Promise<void> {
    const least = this.acknowledged + changes;
    await this.#until(() => this.acknowledged >= least);
  }

  /** Resolves when a request is put off. */
  async isPutOff(): Promise<void> {
    const before = this.putOff;
    await this.#until(() => this.putOff > before);
  }

  /** Resolves when every device was acknowledged what it told last, with what they are called then. */
  async rest(): Promise<readonly string[]> {
    this.#goesOn = false;
    await this.#ended;
    return [...this.#names.values()];
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      const something = new Promise<void>((resolve) => {
        this.#tell = resolve;
      });
      await Promise.race([something, this.#ended]);
    }
  }

  async #each(device: SimulatedDevice): Promise<void> {
    while (this.#goesOn) {
      const hostname = `${this.#name}-${++this.#changes}`;
      await this.#change(device, hostname);
      this.#names.set(device, hostname);
      this.acknowledged++;
      this.#tell();
    }
  }

  /** Tells another host name until that is acknowledged. What was acknowledged before has to be there, or what came after. */
  async #change(device: SimulatedDevice, hostname: string): Promise<void> {
    const sections = machine({ hostname, serial: device.device });
    const [before, after] = [device.stateDigest, stateOf(sections)];
    while (await this.#stands(device, before)) {
      const reply = await this.#answered(() => device.putSections(device.sectionsBody(sections)));
      if (!reply) continue;
      device.stateDigest = after;
      return;
    }
    // One that was not answered was done after all.
    if (!(await this.#stands(device, after))) throw new Error(`what came before ${hostname} is gone`);
  }

  /** Whether the server has this state of a device. */
  async #stands(device: SimulatedDevice, state: string): Promise<boolean> {
    device.stateDigest = state;
    for (;;) {
      const reply = await this.#answered(() => device.checkIn());
      if (reply) return Object(reply.body).wants.length === 0;
    }
  }

  /** An answer of the 2xx, or null where the request was put off. */
  async #answered(ask: () => Promise<Reply>): Promise<Reply | null> {
    const reply = await ask();
    if (reply.status < 300) return reply;
    const outcome = outcomeOf(reply);
    if (!meanwhile.includes(outcome) || !(Number(reply.headers["retry-after"]) > 0))
      throw new Error(`answered ${outcome}`);
    this.putOff++;
    this.#tell();
    return null;
  }
}

const stateOf = (sections: ReturnType<typeof machine>) =>
  stateDigest(
    Object.fromEntries(
      Object.entries(sections).map(([name, { document }]) => [name, ["ok", digestOf(document)] as const]),
    ),
  );
