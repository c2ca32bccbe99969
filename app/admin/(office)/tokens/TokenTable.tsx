import type { ApiTokenView } from '#lib/auth/apiTokens.ts'
import { Badge } from '../../../_ui/Notice.tsx'
import { Actor } from '../../_components/Actor.tsx'
import { Empty } from '../../_components/Empty.tsx'
import { TableFrame } from '../../_components/TableFrame.tsx'
import table from '../../_components/table.module.css'
import { When } from '../../_components/When.tsx'
import { absolute } from '../../_lib/time.ts'
import { RevokeToken } from './RevokeToken.tsx'

function State({ token }: { token: ApiTokenView }) {
  if (token.revokedAt !== null) return <Badge>Revoked</Badge>
  return token.usable ? <Badge tone="success">Usable</Badge> : <Badge tone="warning">Expired</Badge>
}

export function TokenTable({ tokens }: { tokens: readonly ApiTokenView[] }) {
  if (tokens.length === 0)
    return <Empty title="There is no token yet">Make one above for each program that reads or changes prices.</Empty>
  return (
    <TableFrame>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Role</th>
            <th scope="col">State</th>
            <th scope="col">Made</th>
            <th scope="col">Last used</th>
            <th scope="col">Expires</th>
            <th scope="col">
              <span className="visually-hidden">Action</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tokens.map((token) => (
            <tr key={token.id}>
              <th scope="row" className={table.wide}>
                <span className={table.main}>{token.name}</span>
                <span className={table.sub}>
                  <span className="mono">evg_…{token.lastFour}</span> ·{' '}
                  {token.createdBy === null ? 'a deleted account' : <Actor name={token.createdBy} />}
                </span>
              </th>
              <td data-label="Role">
                <span>{token.role}</span>
              </td>
              <td data-label="State">
                <State token={token} />
              </td>
              <td data-label="Made" className={table.number}>
                <When at={new Date(token.createdAt)} />
              </td>
              <td data-label="Last used" className={table.number}>
                {token.lastUsedAt === null ? (
                  <span className="muted">Never</span>
                ) : (
                  <When at={new Date(token.lastUsedAt)} />
                )}
              </td>
              <td data-label="Expires" className={table.number}>
                {token.expiresAt === null ? (
                  <span className="muted">Never</span>
                ) : (
                  <span>{absolute(new Date(token.expiresAt))}</span>
                )}
              </td>
              <td data-label="">{token.usable ? <RevokeToken id={token.id} name={token.name} /> : null}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}
