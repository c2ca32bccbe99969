/** What a role may do. Routes and actions ask for a permission, never for a role. */
import type { Role } from '#lib/generated/prisma/enums.ts'

export type { Role }
export type Permission = 'prices:read' | 'prices:write'

const GRANTS: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: ['prices:read'],
  editor: ['prices:read', 'prices:write'],
  admin: ['prices:read', 'prices:write'],
}

export function roleMay(role: Role, permission: Permission): boolean {
  return GRANTS[role].includes(permission)
}
