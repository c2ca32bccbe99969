/** The policy that every answer of every process carries, in one place. Runs in Node and in a Worker. */

/** Seconds: two years. */
const HSTS = 'max-age=63072000; includeSubDomains'

/** What a document of another site may show: link previews and feeds name these pictures. */
const SHOWN_ELSEWHERE = /^\/(?:images|og)\//
const BUILD_FILES = '/_next/'

/** Of what is no document, and should one be made of it, it does nothing. */
const INERT = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
/** What is no document: answers of these are never shown as one. */
const NO_DOCUMENT = /^\/(?:api|_next|images|og|sitemaps|feeds)\//
const FRAMED_NOWHERE = "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
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
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'strict-origin-when-cross-origin',
  'Permissions-Policy': FEATURES.map((feature) => `${feature}=()`).join(', '),
  'Cross-Origin-Opener-Policy': 'same-origin',
}

function policyOf(target: string): string {
  if (target.startsWith(BUILD_FILES)) return BUILT
  return NO_DOCUMENT.test(target) ? INERT : FRAMED_NOWHERE
}

/**
 * The headers of an answer. A document replaces `Content-Security-Policy` by a policy that lets it run.
 * @param target the path that was asked for, with or without its query
 * @param publicUrl what a browser types: browsers that reach the shop by https are told to stay there
 */
export function securityHeaders(target: string, publicUrl: string): Readonly<Record<string, string>> {
  return {
    ...COMMON,
    ...(publicUrl.startsWith('https:') && { 'Strict-Transport-Security': HSTS }),
    'Cross-Origin-Resource-Policy': SHOWN_ELSEWHERE.test(target) ? 'cross-origin' : 'same-origin',
    'Content-Security-Policy': policyOf(target),
  }
}
