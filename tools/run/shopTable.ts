/** The lines that `npm start` prints when the shop runs. */
import type { Shop } from './shop.ts'

/**
 * @param isFirst whether the administrator was made by this start: what later ones say has no secret
 * @param logs the folder, as people would type it
 */
export function shopTable(
  { url, instances, edge, environment }: Shop,
  { isFirst, logs }: { isFirst: boolean; logs: string },
): string {
  const password = isFirst ? environment['ADMIN_PASSWORD'] : 'with ADMIN_PASSWORD of .env, unless it was changed'
  const rows = [
    ['shop', url],
    ...(edge ? [['edge', edge]] : []),
    ...instances.map((instance, i) => [`web ${i + 1}`, instance]),
    ['admin', `${url}/admin`],
    ['sign-in', `${environment['ADMIN_EMAIL'] ?? 'admin@evergreen.example'}   ${password}`],
    ['logs', logs],
  ]
  return rows.map(([name = '', value = '']) => `  ${name.padEnd(10)}${value}`).join('\n')
}
