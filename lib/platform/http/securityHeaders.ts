/** The policy that every answer of every process carries, in one place. Runs in Node and in a Worker. */

/** Seconds: two years. */
const HSTS = 'max-age=63072000; includeSubDomains'

/** Files that a document of another site may show: link previews and feeds name these pictures. */
const SHOWN_ELSEWHERE = /^\/(?:images|og)\//
const BUILD_FILES = '/_next/'

/** The policy of an answer that is no document. */
const INERT = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
/** A worker has the policy of its own script, and loads scripts and asks the shop. */
const BUILT = "default-src 'none'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'"

const FEATURES = [
  'accelerometer',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'publickey-credentials-get',
  'serial',
  'usb',
]

const COMMON: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'permissions-policy': FEATURES.map((feature) => `${feature}=()`).join(', '),
  'cross-origin-opener-policy': 'same-origin',
}

/**
 * The headers of an answer, in lower case: what an answer spells in the same way takes their place. A document replaces
 * `content-security-policy` by a policy that lets it run.
 * @param target the path that was asked for, with or without its query
 * @param publicUrl what a browser types: browsers that reach the shop by https must stay there
 */
export function securityHeaders(target: string, publicUrl: string): Readonly<Record<string, string>> {
  return {
    ...COMMON,
    ...(publicUrl.startsWith('https:') && { 'strict-transport-security': HSTS }),
    'cross-origin-resource-policy': SHOWN_ELSEWHERE.test(target) ? 'cross-origin' : 'same-origin',
    'content-security-policy': target.startsWith(BUILD_FILES) ? BUILT : INERT,
  }
}

/** The address for browsers' reports of violations. */
export const POLICY_REPORTS = '/api/policy-reports'

/**
 * The office has bars and rows whose places are known on the server only, and stand in attributes. A style there can load
 * nothing that is not the shop's.
 * @param scripts nonces and hashes of inline scripts that may run
 * @param styles hashes of styles in elements and attributes that may be there
 */
export function documentPolicy(
  scripts: Iterable<string>,
  { isOffice = false, styles = [] }: { isOffice?: boolean; styles?: readonly string[] } = {},
): string {
  return [
    "default-src 'none'",
    `script-src 'self' ${[...scripts].join(' ')}`,
    ["style-src 'self'", ...(styles.length > 0 ? ["'unsafe-hashes'"] : []), ...styles].join(' '),
    ...(isOffice ? ["style-src-attr 'unsafe-inline'"] : []),
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    `report-uri ${POLICY_REPORTS}`,
  ].join('; ')
}

/** The board of the queues is made by others: it has styles in its page, and addresses that begin at its base. */
export const BOARD_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  `report-uri ${POLICY_REPORTS}`,
].join('; ')
