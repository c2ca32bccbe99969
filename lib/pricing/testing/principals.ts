/** People of each role, for tests of what lib/pricing lets them do. */
import { permissionsOf, type Role } from '#lib/access/permissions.ts'
import type { Principal } from '#lib/access/principal.ts'

export function person(role: Role): Principal {
  return {
    kind: 'session',
    userId: `id-${role}`,
    name: role,
    email: `${role}@evergreen.example`,
    actor: `${role}@evergreen.example`,
    role,
    permissions: permissionsOf(role),
  }
}
