import type { ReactNode } from 'react'
import { Fact, Facts } from './Layout.tsx'

/** What the audit log knows of an action, behind a click. @param children further facts */
export function AuditDetail({ detail, children = null }: { detail: unknown; children?: ReactNode }) {
  const facts = typeof detail === 'object' && detail !== null ? Object.entries(detail) : []
  if (facts.length === 0 && children === null) return null
  return (
    <details>
      <summary className="muted">Details</summary>
      <Facts look="named">
        {facts.map(([name, value]) => (
          <Fact key={name} name={name}>
            <span className="mono">{typeof value === 'string' ? value : JSON.stringify(value)}</span>
          </Fact>
        ))}
        {children}
      </Facts>
    </details>
  )
}
