import type { ReactNode } from 'react'
import styles from './EmptyState.module.css'

interface EmptyStateProps {
  title: string
  text: string
  /** The next thing to do. */
  children?: ReactNode
  /** 1 where it is all that the page has to say. */
  headingLevel?: 1 | 2
}

/** Says that there is nothing, why, and what to do next. */
export function EmptyState({ title, text, children, headingLevel = 2 }: EmptyStateProps) {
  const Heading = headingLevel === 1 ? 'h1' : 'h2'
  return (
    <div className={styles.empty}>
      <svg viewBox="0 0 120 88" width="120" height="88" fill="none" aria-hidden="true">
        <path d="M8 78h104" stroke="currentColor" strokeWidth="2.5" strokeLinecap="round" />
        <path d="M60 12 44 34h8L38 54h44L68 34h8z" stroke="currentColor" strokeWidth="2.5" strokeLinejoin="round" />
        <path d="M60 54v24" stroke="currentColor" strokeWidth="2.5" strokeLinecap="round" />
        <path
          d="m26 48-8 12h16zM26 60v18M94 48l-8 12h16zM94 60v18"
          stroke="currentColor"
          strokeWidth="2"
          strokeLinecap="round"
          strokeLinejoin="round"
          opacity=".5"
        />
      </svg>
      <Heading>{title}</Heading>
      <p>{text}</p>
      {children ? <div className={styles.actions}>{children}</div> : null}
    </div>
  )
}
