/** Whether the firmware demands signatures of what it starts: UEFI's own variables, else what the kernel was told. */
import { type Look, present } from "../collecting/collector.ts";

/** EFI_GLOBAL_VARIABLE (UEFI specification, 3.3). */
const globalVariable = "8be4df61-93ca-11d2-aa0d-00e098032b8c";
const variables = "/sys/firmware/efi/efivars";
/** How kernels before 6.0 showed them, one folder each. */
const olderVariables = "/sys/firmware/efi/vars";
/** x86: what the boot loader handed to the kernel (Documentation/arch/x86/zero-page). */
const bootParameters = "/sys/kernel/boot_params/data";
const secureBootAt = 0x1ec;

export const secureBootSources = [variables, olderVariables, bootParameters] as const;

interface SecureBoot {
  readonly secureBoot?: boolean;
  /** No platform key is enrolled: whoever starts the machine may enrol one. */
  readonly setupMode?: boolean;
}

export function readSecureBoot(look: Look): SecureBoot {
  return present({
    secureBoot: flagIn(look, "SecureBoot") ?? kernelsWord(look),
    setupMode: flagIn(look, "SetupMode"),
  });
}

function flagIn(look: Look, name: string): boolean | undefined {
  // Four bytes of attributes stand before the value.
  const value =
    look.bytes(`${variables}/${name}-${globalVariable}`)?.subarray(4) ??
    look.bytes(`${olderVariables}/${name}-${globalVariable}/data`);
  const [state] = value?.length === 1 ? value : [];
  return state === 0 || state === 1 ? state === 1 : undefined;
}

/** Where the variables are not mounted; 0 and 1 there mean that it is not known. */
function kernelsWord(look: Look): boolean | undefined {
  const state = look.bytes(bootParameters)?.[secureBootAt];
  return state === 2 || state === 3 ? state === 3 : undefined;
}
