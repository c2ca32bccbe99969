import Link from 'next/link'
import { SessionStoreUnavailableError } from '#lib/access/errors.ts'
import { Badge } from '../../_ui/Notice.tsx'
import { Button } from '../../_ui/Button.tsx'
import { signOut } from '../_actions/signIn.ts'
import { signedInPerson } from '../_lib/session.ts'
import styles from './Frame.module.css'

/** The signed-in account with its role and the button to sign out. */
export async function UserMenu() {
  const session = await signedInPerson().catch((error: unknown) => {
    if (error instanceof SessionStoreUnavailableError) return undefined // the page below says so
    throw error
  })
  if (!session) return null
  const { principal, owesSecondFactor } = session
  const permissions = owesSecondFactor ? [] : principal.permissions
  return (
    <div className={styles.menu}>
      <Link href="/admin/account" className={styles.menuLink} title={principal.email}>
        <span className={styles.email}>{principal.email}</span>
        <span className={styles.own}>My account</span>
      </Link>
      <Badge>{principal.role}</Badge>
      {permissions.includes('accounts:manage') ? (
        <Link href="/admin/accounts" className={styles.menuLink}>
          Accounts
        </Link>
      ) : null}
      {permissions.includes('tokens:manage') ? (
        <Link href="/admin/tokens" className={styles.menuLink}>
          API tokens
        </Link>
      ) : null}
      <form action={signOut} className={styles.signOut}>
        <Button type="submit" variant="quiet" size="sm">
          Sign out
        </Button>
      </form>
    </div>
  )
}
