import type { SessionView } from '#lib/auth/ownAccount.ts'
import { Badge } from '../../../_ui/Notice.tsx'
import { type Column, DataTable } from '../../_components/DataTable.tsx'
import { When } from '../../_components/Values.tsx'

const COLUMNS: readonly Column<SessionView>[] = [
  {
    header: 'Browser',
    kind: 'text',
    cell: ({ current, userAgent }) => (
      <>
        {current ? <Badge tone="success">This one</Badge> : null} {userAgent ?? 'Unknown'}
      </>
    ),
  },
  { header: 'Address', kind: 'text', cell: ({ address }) => <span className="mono">{address ?? '–'}</span> },
  { header: 'Signed in', kind: 'short', cell: ({ startedAt }) => <When at={new Date(startedAt)} /> },
  { header: 'Last used', kind: 'short', cell: ({ lastUsedAt }) => <When at={new Date(lastUsedAt)} /> },
]

export function SessionTable({ sessions }: { sessions: readonly SessionView[] }) {
  return <DataTable label="Sessions" columns={COLUMNS} rows={sessions} rowKey={({ id }) => id} testId="sessions" />
}
