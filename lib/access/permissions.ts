/** The permissions of each role. Routes, actions and lib/pricing ask for a permission, never for a role. */
import type { Role } from '#lib/generated/prisma/enums.ts'

export type { Role }

export const PERMISSIONS = [
  'prices:read',
  'prices:write',
  /** Discontinuing a product, selling it again, and setting its stock. */
  'products:write',
  /** Orders, with the addresses of their shoppers. */
  'orders:read',
  'orders:cancel',
  'bulk:read',
  /** Drafts, previews, imports, schedules: everything that changes no price yet. */
  'bulk:write',
  /** Approving, cancelling, retrying, undoing: what changes prices. */
  'bulk:approve',
  /** Approving beyond the limits of the role, with a typed confirmation. */
  'bulk:large',
  'tokens:manage',
  /** Inviting people, changing their roles, ending their sessions. */
  'accounts:manage',
  'freshness:read',
  /** Throwing copies away although none is known to be wrong: costs renders, and is written to the audit log. */
  'freshness:purge',
  'audit:read',
  /** Retrying and discarding jobs of the queues. */
  'queues:manage',
] as const
export type Permission = (typeof PERMISSIONS)[number]

const VIEWER: readonly Permission[] = ['prices:read', 'bulk:read', 'freshness:read', 'audit:read']
const EDITOR: readonly Permission[] = [
  ...VIEWER,
  'prices:write',
  'products:write',
  'orders:read',
  'orders:cancel',
  'bulk:write',
  'bulk:approve',
]
const GRANTS: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: VIEWER,
  editor: EDITOR,
  admin: [...EDITOR, 'bulk:large', 'tokens:manage', 'accounts:manage', 'freshness:purge', 'queues:manage'],
}

/** Permissions that no token has: a thief of a token could make other tokens, or accounts. */
export const PEOPLE_ONLY: ReadonlySet<Permission> = new Set(['tokens:manage', 'accounts:manage'])

/** The largest change of one edit without a confirmation, by a role with `bulk:large`: lib/pricing/limits.ts. */
export interface BulkLimits {
  readonly rows: number
  /** Up or down, of the price as it was. */
  readonly percent: number
}

const LIMITS: Readonly<Record<Role, BulkLimits>> = {
  viewer: { rows: 0, percent: 0 },
  editor: { rows: 1_000, percent: 30 },
  admin: { rows: 10_000, percent: 50 },
}

export function permissionsOf(role: Role): readonly Permission[] {
  return GRANTS[role]
}

export function roleMay(role: Role, permission: Permission): boolean {
  return GRANTS[role].includes(permission)
}

export function bulkLimitsOf(role: Role): BulkLimits {
  return LIMITS[role]
}

/** The percentages that the limits of the roles stand at, each once: a preview counts the rows beyond each of them. */
export function bulkPercentLimits(): readonly number[] {
  return [...new Set(Object.values(LIMITS).map(({ percent }) => percent))].filter((percent) => percent > 0)
}

const RANKS: readonly Role[] = ['viewer', 'editor', 'admin']

/** The lesser of two roles. */
export function lesserRole(one: Role, other: Role): Role {
  return RANKS.indexOf(one) < RANKS.indexOf(other) ? one : other
}
