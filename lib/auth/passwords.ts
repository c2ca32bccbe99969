import common from './commonPasswords.json' with { type: 'json' }

export const SHORTEST_PASSWORD = 12
export const LONGEST_PASSWORD = 128

/**
 * The 5,000 most used ones of at least 12 characters, in lower case, out of the ten million that SecLists keeps (MIT,
 * Passwords/Common-Credentials/10-million-password-list-top-1000000.txt). The packages of the registry take theirs from the
 * same list but hold a few hundred of that length: shorter ones are refused anyway.
 */
const COMMON: ReadonlySet<string> = new Set(common)

/** Letters of a name that a password may not hold. Shorter names occur in words by chance. */
const SHORTEST_NAME = 4

/** `aaaaaaaaaaaa`, `abcabcabcabc`: a few characters again and again. */
const REPEATED = /^(.{1,4})\1+$/

/**
 * @param email of the account that it is for
 * @returns why this password is not taken, as a sentence; undefined when it is
 */
export function passwordProblem(password: string, email: string): string | undefined {
  const length = [...password].length
  if (length < SHORTEST_PASSWORD) return `A password has at least ${SHORTEST_PASSWORD} characters.`
  if (length > LONGEST_PASSWORD) return `A password has at most ${LONGEST_PASSWORD} characters.`
  const lower = password.toLowerCase()
  if (COMMON.has(lower) || REPEATED.test(lower))
    return 'This password is among the first that are tried. Choose another one, such as four words that do not belong together.'
  const [name = ''] = email.toLowerCase().split('@')
  if (name.length >= SHORTEST_NAME && lower.includes(name)) return 'Leave your e-mail out of the password.'
  return undefined
}
