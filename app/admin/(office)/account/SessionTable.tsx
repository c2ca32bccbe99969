import type { SessionView } from '#lib/auth/ownAccount.ts'
import { Badge } from '../../../_ui/Notice.tsx'
import { TableFrame } from '../../_components/TableFrame.tsx'
import table from '../../_components/table.module.css'
import { When } from '../../_components/When.tsx'

export function SessionTable({ sessions }: { sessions: readonly SessionView[] }) {
  return (
    <TableFrame>
      <table className={table.table} data-testid="sessions">
        <thead>
          <tr>
            <th scope="col">Browser</th>
            <th scope="col">Address</th>
            <th scope="col">Signed in</th>
            <th scope="col">Last used</th>
          </tr>
        </thead>
        <tbody>
          {sessions.map(({ id, current, userAgent, address, startedAt, lastUsedAt }) => (
            <tr key={id}>
              <th scope="row" className={`${table.wide} ${table.text}`}>
                {current ? <Badge tone="success">This one</Badge> : null} {userAgent ?? 'Said nothing of itself'}
              </th>
              <td data-label="Address" className={`mono ${table.text}`}>
                <span>{address ?? '–'}</span>
              </td>
              <td data-label="Signed in" className={table.number}>
                <When at={new Date(startedAt)} />
              </td>
              <td data-label="Last used" className={table.number}>
                <When at={new Date(lastUsedAt)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}
