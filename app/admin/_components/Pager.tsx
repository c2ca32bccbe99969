import { ButtonLink } from '../../_ui/Button.tsx'
import { Row } from './Layout.tsx'

interface Props {
  /** Their addresses; undefined at an end. */
  readonly previous: string | undefined
  readonly next: string | undefined
  readonly page: number
}

export function Pager({ previous, next, page }: Props) {
  if (!previous && !next) return null
  return (
    <nav aria-label="Pages">
      <Row between>
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
      </Row>
    </nav>
  )
}
