/**
 * The rooms of lib, from top to bottom. A room imports rooms below it and never one above, so there are no circles. The caching kernel
 * lies at the bottom: it imports no other room.
 * The lint rule `evergreen/rooms` holds it; ARCHITECTURE.md draws it.
 */
export const ROOMS = [
  'web',
  'observability',
  'orders',
  'pricing',
  'delivery',
  'alerts',
  'verification',
  'catalog',
  'queue',
  'cdn',
  'auth',
  'audit',
  'access',
  'money',
  'platform',
  'generated',
  'coherence',
]

/**
 * @param {string} file path of the importing file, absolute or from the root
 * @param {string} specifier as it stands in the import
 * @returns {{ from: string, to: string } | undefined} the two rooms of an import from one room of lib into another
 */
export function roomsOf(file, specifier) {
  const inLib = /(?:^|\/)lib\/([^/]+)\/(.*)$/.exec(file)
  if (!inLib) return undefined
  const [, from = '', rest = ''] = inLib
  const to = specifier.startsWith('#lib/') ? specifier.split('/')[1] : roomOfRelative(`${from}/${rest}`, specifier)
  return to === undefined || to === from ? undefined : { from, to }
}

/** @param {string} file from lib @param {string} specifier @returns {string | undefined} */
function roomOfRelative(file, specifier) {
  if (!specifier.startsWith('.')) return undefined
  const base = new URL(file, 'file:///lib/')
  const target = new URL(specifier, base).pathname
  return /^\/lib\/([^/]+)\//.exec(target)?.[1]
}
