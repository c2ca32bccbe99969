import Link from 'next/link'
import type { AccountView } from '#lib/auth/manageAccounts.ts'
import { Badge, Notice } from '../../../_ui/Notice.tsx'
import { Actor, When } from '../../_components/Values.tsx'
import { type Column, DataTable, Main, Sub } from '../../_components/DataTable.tsx'

const TONES = { active: 'success', invited: 'neutral', disabled: 'warning' } as const

export function AccountBadge({ state }: Pick<AccountView, 'state'>) {
  return <Badge tone={TONES[state]}>{state}</Badge>
}

const COLUMNS: readonly Column<AccountView>[] = [
  {
    header: 'Account',
    cell: ({ id, email, name }) => (
      <>
        <Main>
          <Link href={`/admin/accounts/${id}`}>
            <Actor name={email} />
          </Link>
        </Main>
        <Sub>{name}</Sub>
      </>
    ),
  },
  { header: 'Role', cell: ({ role }) => role },
  { header: 'State', cell: ({ state }) => <AccountBadge state={state} /> },
  {
    header: 'Second factor',
    label: '2nd factor',
    cell: ({ twoFactor }) => (twoFactor ? 'on' : <span className="muted">–</span>),
  },
  { header: 'Open sessions', label: 'Sessions', kind: 'number', cell: ({ sessions }) => sessions },
  { header: 'Since', kind: 'short', cell: ({ createdAt }) => <When at={new Date(createdAt)} /> },
]

export function AccountTable({ accounts }: { accounts: readonly AccountView[] }) {
  return <DataTable label="Accounts" columns={COLUMNS} rows={accounts} rowKey={({ id }) => id} testId="accounts" />
}

export function OnlyAdministrators() {
  return (
    <Notice>
      <strong>Only administrators manage accounts.</strong> Ask one of them.
    </Notice>
  )
}
