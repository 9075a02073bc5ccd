/** Hardware addresses as the kernel writes them. */

/** 6 or 8 bytes, not all the same. */
export function parseMac(text: string | undefined): string | undefined {
  const mac = text?.toLowerCase() ?? "";
  if (!/^[0-9a-f]{2}(?::[0-9a-f]{2}){5}(?:(?::[0-9a-f]{2}){2})?$/.test(mac)) return undefined;
  return new Set(mac.split(":")).size === 1 ? undefined : mac;
}
