import { ButtonLink } from '../../_ui/Button.tsx'
import styles from './Pager.module.css'

export function Pager({
  previous,
  next,
  page,
}: {
  previous: string | undefined
  next: string | undefined
  page: number
}) {
  if (!previous && !next) return null
  return (
    <nav aria-label="Pages" className={styles.pager}>
      {previous ? (
        <ButtonLink href={previous} variant="secondary" size="sm" rel="prev">
          Previous
        </ButtonLink>
      ) : (
        <span />
      )}
      <span className="muted">Page {page}</span>
      {next ? (
        <ButtonLink href={next} variant="secondary" size="sm" rel="next">
          Next
        </ButtonLink>
      ) : (
        <span />
      )}
    </nav>
  )
}
