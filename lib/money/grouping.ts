/** The characters with which people group the thousands of an amount, for classes of a pattern. */

/** Plain, no-break, narrow no-break, of each width that typesetters have, and that of East Asia. */
export const SPACES = ' \\u00a0\\u2000-\\u200a\\u202f\\u205f\\u3000'
/** The Swiss one, and what keyboards and programs put in its place. */
export const APOSTROPHES = "'`\\u00b4\\u02bc\\u2018\\u2019\\u2032"
