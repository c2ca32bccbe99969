/** The actor: a person with a session, a program with a token, or the user of the machine's shell. */
import { MissingPermissionError } from './errors.ts'
import { type Permission, permissionsOf, type Role } from './permissions.ts'

export interface Principal {
  readonly kind: 'session' | 'token' | 'shell'
  /** The id of the account; a token acts for the account that made it. */
  readonly userId: string
  readonly name: string
  readonly email: string
  /** The name in the history of prices: the e-mail, or `token NAME`. */
  readonly actor: string
  readonly role: Role
  readonly permissions: readonly Permission[]
}

/** The user of the machine's shell is an administrator: that user can write to the database anyway. */
export function shellPrincipal(name: string): Principal {
  const actor = `shell ${name}`
  return { kind: 'shell', userId: '', name, email: '', actor, role: 'admin', permissions: permissionsOf('admin') }
}

/**
 * @throws {MissingPermissionError}
 * @example assertMay(principal, 'bulk:approve')
 */
export function assertMay(principal: Principal, permission: Permission): void {
  if (!principal.permissions.includes(permission)) throw new MissingPermissionError(principal.role, permission)
}
