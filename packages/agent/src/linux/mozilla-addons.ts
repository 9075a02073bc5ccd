/** Add-ons of Firefox and its kin: extensions.json of a profile (toolkit/mozapps/extensions/internal/XPIDatabase.sys.mjs). */
import { present } from "../collecting/collector.ts";
import { listAt, memberAt, textAt } from "./json.ts";

export interface BrowserExtension {
  readonly id: string;
  readonly name?: string;
  readonly version: string;
  readonly enabled?: boolean;
}

/** Extensions that somebody added; those that come with the program are left out, so are themes and dictionaries. */
export function mozillaExtensions(database: unknown): BrowserExtension[] {
  return listAt(database, "addons").flatMap((addon) => {
    const [id, version] = [textAt(addon, "id"), textAt(addon, "version")];
    if (id === undefined || version === undefined) return [];
    if (memberAt(addon, "type") !== "extension" || isBuiltIn(textAt(addon, "location") ?? "")) return [];
    const active = memberAt(addon, "active");
    return [
      present({
        id,
        name: textAt(addon, "defaultLocale", "name"),
        version,
        enabled: typeof active === "boolean" ? active : undefined,
      }),
    ];
  });
}

/** `app-builtin`, `app-builtin-addons`, `app-system-defaults`, `app-system-addons`; a person's own are in `app-profile`. */
const isBuiltIn = (location: string): boolean => /^app-(builtin|system-(defaults|addons))/.test(location);
