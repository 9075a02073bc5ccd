/** How often a test repeats what chance decides: a few times in `npm test`, in full with `npm test -- --long`. */

const isLong = process.env.ROLLCALL_TEST_LONG === "1";

export const rounds = (short: number, long: number): number => (isLong ? long : short);
