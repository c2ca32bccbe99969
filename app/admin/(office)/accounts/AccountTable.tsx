import Link from 'next/link'
import type { AccountView } from '#lib/auth/manageAccounts.ts'
import { Badge } from '../../../_ui/Notice.tsx'
import { Actor } from '../../_components/Actor.tsx'
import { TableFrame } from '../../_components/TableFrame.tsx'
import table from '../../_components/table.module.css'
import { When } from '../../_components/When.tsx'

const TONES = { active: 'success', invited: 'neutral', disabled: 'warning' } as const

export function AccountBadge({ state }: Pick<AccountView, 'state'>) {
  return <Badge tone={TONES[state]}>{state}</Badge>
}

export function AccountTable({ accounts }: { accounts: readonly AccountView[] }) {
  return (
    <TableFrame>
      <table className={table.table} data-testid="accounts">
        <thead>
          <tr>
            <th scope="col">Account</th>
            <th scope="col">Role</th>
            <th scope="col">State</th>
            <th scope="col">Second factor</th>
            <th scope="col">Open sessions</th>
            <th scope="col">Since</th>
          </tr>
        </thead>
        <tbody>
          {accounts.map((account) => (
            <tr key={account.id}>
              <th scope="row" className={table.wide}>
                <Link href={`/admin/accounts/${account.id}`} className={table.main}>
                  <Actor name={account.email} />
                </Link>
                <span className={table.sub}>{account.name}</span>
              </th>
              <td data-label="Role">
                <span>{account.role}</span>
              </td>
              <td data-label="State">
                <AccountBadge state={account.state} />
              </td>
              <td data-label="2nd factor">{account.twoFactor ? <span>on</span> : <span className="muted">–</span>}</td>
              <td data-label="Sessions" className={table.number}>
                <span>{account.sessions}</span>
              </td>
              <td data-label="Since" className={table.number}>
                <When at={new Date(account.createdAt)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}
