import type { ApiTokenView } from '#lib/auth/apiTokens.ts'
import { Badge } from '../../../_ui/Notice.tsx'
import { Actor, When } from '../../_components/Values.tsx'
import { type Column, DataTable, Main, Sub } from '../../_components/DataTable.tsx'
import { Empty } from '../../_components/States.tsx'
import { absolute } from '../../_lib/time.ts'
import { RevokeToken } from './TokenForms.tsx'

function State({ token }: { token: ApiTokenView }) {
  if (token.revokedAt !== null) return <Badge>Revoked</Badge>
  return token.usable ? <Badge tone="success">Usable</Badge> : <Badge tone="warning">Expired</Badge>
}

const never = <span className="muted">Never</span>

const COLUMNS: readonly Column<ApiTokenView>[] = [
  {
    header: 'Name',
    cell: ({ name, lastFour, createdBy }) => (
      <>
        <Main>{name}</Main>
        <Sub>
          <span className="mono">evg_…{lastFour}</span> ·{' '}
          {createdBy === null ? 'a deleted account' : <Actor name={createdBy} />}
        </Sub>
      </>
    ),
  },
  { header: 'Role', cell: ({ role }) => role },
  { header: 'State', cell: (token) => <State token={token} /> },
  { header: 'Made', kind: 'short', cell: ({ createdAt }) => <When at={new Date(createdAt)} /> },
  {
    header: 'Last used',
    kind: 'short',
    cell: ({ lastUsedAt }) => (lastUsedAt === null ? never : <When at={new Date(lastUsedAt)} />),
  },
  {
    header: 'Expires',
    kind: 'short',
    cell: ({ expiresAt }) => (expiresAt === null ? never : absolute(new Date(expiresAt))),
  },
  {
    header: <span className="visually-hidden">Action</span>,
    cell: ({ usable, id, name }) => (usable ? <RevokeToken id={id} name={name} /> : null),
  },
]

export function TokenTable({ tokens }: { tokens: readonly ApiTokenView[] }) {
  return (
    <DataTable
      label="Tokens"
      columns={COLUMNS}
      rows={tokens}
      rowKey={({ id }) => id}
      empty={<Empty title="No token yet">Make one for each program that reads or changes prices.</Empty>}
    />
  )
}
