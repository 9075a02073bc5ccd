/** Collector of section `kernel-modules`: what /proc/modules lists. What is built into the kernel is not in it. */
import { defineCollector, type Look, present } from "../collecting/collector.ts";

const paths = {
  modules: "/proc/modules",
  loaded: "/sys/module",
  disabled: "/proc/sys/kernel/modules_disabled",
} as const;

export const collector = defineCollector({
  section: "kernel-modules",
  platforms: {
    linux: {
      reads: Object.values(paths),
      collect(look) {
        const listed = look.text(paths.modules);
        if (listed === undefined) return { nothing: "none" };
        const document = present({
          modules: parseModules(listed).map((module) => withVersion(look, module)),
          signaturesRequired: parseSwitch(look.text(`${paths.loaded}/module/parameters/sig_enforce`)),
          loadingDisabled: parseSwitch(look.text(paths.disabled)),
        });
        return { document };
      },
    },
  },
});

interface Module {
  readonly name: string;
  readonly version?: string;
  readonly marks?: string[];
}

/** The kernel's letters for modules (Documentation/admin-guide/tainted-kernels.rst). */
const marksByLetter: ReadonlyMap<string, string> = new Map([
  ["P", "proprietary"],
  ["F", "forced"],
  ["C", "staging"],
  ["O", "out-of-tree"],
  ["E", "unsigned"],
  ["K", "live-patch"],
]);

const mostModules = 8_192;

/** `NAME SIZE USES NEEDED-BY STATE ADDRESS (LETTERS)`; a module that is on its way in or out is not there. */
export function parseModules(text: string): Module[] {
  return text.split("\n", mostModules).flatMap((line) => {
    const [name = "", , , , state, , letters = ""] = line.split(" ");
    if (state !== "Live" || !/^[\w-]{1,128}$/.test(name)) return [];
    const marks = [...letters].flatMap((letter) => marksByLetter.get(letter) ?? []);
    return [marks.length > 0 ? { name, marks } : { name }];
  });
}

/** The kernel's own modules have the kernel's version, whatever they say. */
function withVersion(look: Look, module: Module): Module {
  if (!module.marks?.includes("out-of-tree")) return module;
  const version = look.text(`${paths.loaded}/${module.name}/version`)?.trim() || undefined;
  return present({ ...module, version });
}

/** What the kernel writes for yes and no: `Y` and `N`, or `1` and `0`. */
export function parseSwitch(text: string | undefined): boolean | undefined {
  const word = text?.trim();
  if (word === "Y" || word === "1") return true;
  return word === "N" || word === "0" ? false : undefined;
}
