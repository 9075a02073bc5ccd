/** Collector of section `audio`: the cards of ALSA, and the chips behind them. */
import { defineCollector, type Look, present } from "../collecting/collector.ts";
import { namesByPath } from "../linux/bus-path.ts";
import { told } from "../linux/firmware-text.ts";
import { pciSources } from "../linux/pci.ts";
import { usbSources } from "../linux/usb.ts";
import { portableAudio } from "../portable/peripherals.ts";

const cardsFile = "/proc/asound/cards";
const soundFolder = "/sys/class/sound";

export interface CardLine {
  readonly number: string;
  readonly id: string;
  readonly driver?: string;
  readonly name?: string;
}

/**
 * Two lines a card: ` 0 [PCH            ]: HDA-Intel - HDA Intel PCH`, and one with interrupts and addresses, which
 * differ from start to start. "--- no soundcards ---" where there is none.
 */
export function parseCards(text: string): CardLine[] {
  return text.split("\n", 512).flatMap((line) => {
    const [, number, id, driver, name] =
      /^ {0,4}(\d{1,3}) \[([^\]]{1,32})\]: (\S{1,64})(?: - (.*))?$/.exec(line) ?? [];
    const short = id?.trim();
    if (number === undefined || !short) return [];
    return [present({ number, id: short, driver: told(driver), name: told(name) })];
  });
}

export const collector = defineCollector({
  section: "audio",
  platforms: {
    linux: {
      reads: [cardsFile, soundFolder, ...pciSources, ...usbSources],
      collect(look) {
        const entries = look.names(soundFolder);
        const namesOf = namesByPath(look);
        const cards = cardsOf(look, entries).flatMap((card) => {
          const path = look.link(`${soundFolder}/card${card.number}`) ?? "";
          if (madeByDriver.test(path)) return [];
          const { manufacturer, model } = namesOf(path);
          const codecs = codecsOf(look, entries, card.number);
          const { number: _, ...said } = card;
          return [present({ ...said, manufacturer, model, codecs: codecs.length > 0 ? codecs : undefined })];
        });
        return cards.length > 0 ? { document: { cards } } : { nothing: "none" };
      },
    },
    darwin: portableAudio,
    win32: portableAudio,
  },
});

/** Cards of nothing but software. */
const madeByDriver = /\/snd_(aloop|dummy|virmidi|mtpav)/;

function cardsOf(look: Look, entries: readonly string[]): CardLine[] {
  const told = parseCards(look.text(cardsFile) ?? "");
  if (told.length > 0) return told;
  return entries.flatMap((entry) => {
    const number = /^card(\d{1,3})$/.exec(entry)?.[1];
    const id = number === undefined ? undefined : look.text(`${soundFolder}/${entry}/id`)?.trim();
    return number === undefined || !id ? [] : [{ number, id }];
  });
}

/** `hwC0D2` is the third chip of the first card; /proc/asound tells the same, but has to wake the chip for it. */
function codecsOf(look: Look, entries: readonly string[], number: string): string[] {
  return entries
    .filter((entry) => entry.startsWith(`hwC${number}D`))
    .flatMap((entry) => {
      const [vendor, chip] = ["vendor_name", "chip_name"].map((name) =>
        told(look.text(`${soundFolder}/${entry}/${name}`)),
      );
      return chip === undefined ? [] : [vendor === undefined ? chip : `${vendor} ${chip}`];
    });
}
