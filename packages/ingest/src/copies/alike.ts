/** The hardware hint as it is shown: equal or not equal, and only where that means something. */

/** A hint that more devices have than this is a bad one, such as the same value on a hundred virtual machines. */
export const mostAlike = 5;
