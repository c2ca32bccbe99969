import type { AllHTMLAttributes, CSSProperties, ReactNode } from 'react'
import { classNames } from '../../_ui/classNames.ts'
import styles from './Layout.module.css'

interface BoxProps extends AllHTMLAttributes<HTMLElement> {
  readonly as?: 'div' | 'section' | 'form' | 'fieldset' | 'ul' | 'p'
  /** A step of the tokens: `--space-4`. */
  readonly gap?: 1 | 2 | 3 | 4 | 5 | 6
}

const gapOf = (gap: number): CSSProperties => ({ gap: `var(--space-${gap})` })

/** One below the other. */
export function Stack({ as: Tag = 'div', gap = 4, className, style, ...rest }: BoxProps) {
  return <Tag className={classNames(styles.stack, className)} style={{ ...gapOf(gap), ...style }} {...rest} />
}

/** Side by side, as many as fit. @param between the first at the start, the last at the end */
export function Row({
  as: Tag = 'div',
  gap = 3,
  between,
  className,
  style,
  ...rest
}: BoxProps & { readonly between?: boolean }) {
  return (
    <Tag
      className={classNames(styles.row, between && styles.between, className)}
      style={{ ...gapOf(gap), ...style }}
      {...rest}
    />
  )
}

/** A framed part of a page. */
export function Panel({
  as = 'div',
  narrow,
  className,
  ...rest
}: BoxProps & { /** No wider than a form. */ readonly narrow?: boolean }) {
  return <Stack as={as} className={classNames(styles.panel, narrow && styles.narrow, className)} {...rest} />
}

/**
 * Fields side by side, each at least `min` wide; on a phone one below the other.
 * @param end buttons stand among them: what all stand on is their lower edge
 */
export function Fields({ min = '15rem', end, children }: { min?: string; end?: boolean; children: ReactNode }) {
  const style: CSSProperties & Record<'--min', string> = { '--min': min }
  return (
    <div className={classNames(styles.fields, end && styles.end)} style={style}>
      {children}
    </div>
  )
}

interface HeadProps {
  readonly title: ReactNode
  /** A sentence below it. */
  readonly lead?: ReactNode
  /** At its other end. */
  readonly children?: ReactNode
}

/** The heading of a page. */
export function PageHead({ title, lead, children }: HeadProps) {
  return (
    <Row between gap={4} className={lead === undefined ? undefined : styles.top}>
      <div className={styles.titles}>
        <h1>{title}</h1>
        {lead === undefined ? null : <p className="muted">{lead}</p>}
      </div>
      {children}
    </Row>
  )
}

interface SectionProps {
  /** Of its heading. */
  readonly id: string
  readonly title: ReactNode
  readonly level?: 2 | 3
  readonly hint?: string
  /** Beside the heading. */
  readonly aside?: ReactNode
  /** Framed; `narrow`: no wider than a form. */
  readonly panel?: boolean | 'narrow'
  readonly className?: string | undefined
  readonly children: ReactNode
}

/** A part of a page with a heading, which names it. */
export function Section({ id, title, level = 2, hint, aside, panel, className, children }: SectionProps) {
  const Heading = level === 2 ? 'h2' : 'h3'
  const heading = (
    <Heading id={id} className={styles.heading}>
      {title}
    </Heading>
  )
  return (
    <Stack
      as="section"
      gap={panel ? 4 : 3}
      aria-labelledby={id}
      className={classNames(panel && styles.panel, panel === 'narrow' && styles.narrow, className)}
    >
      {aside ? (
        <Row between gap={4}>
          {heading}
          {aside}
        </Row>
      ) : (
        heading
      )}
      {hint ? <p className={styles.underHeading}>{hint}</p> : null}
      {children}
    </Stack>
  )
}

/**
 * Names and values. `lines`: one a line, the value at its end; `named`: the value beside the name; `grid`: as many side by side as fit,
 * the value below the name.
 */
export function Facts({ look = 'lines', children }: { look?: 'lines' | 'named' | 'grid'; children: ReactNode }) {
  return <dl className={classNames(styles.facts, styles[look])}>{children}</dl>
}

export function Fact({ name, testId, children }: { name: ReactNode; testId?: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd data-testid={testId}>{children}</dd>
    </div>
  )
}

/** Around `Tile`s. */
export function Tiles({ children }: { children: ReactNode }) {
  return <dl className={styles.tiles}>{children}</dl>
}

interface TileProps {
  readonly label: string
  readonly value: ReactNode
  readonly hint?: ReactNode
  readonly tone?: 'success' | 'warning' | undefined
}

/** One number that says how things stand. */
export function Tile({ label, value, hint, tone }: TileProps) {
  return (
    <div className={styles.tile}>
      <dt className={styles.hint}>{label}</dt>
      <dd className={classNames(styles.value, tone && styles[tone])}>{value}</dd>
      {hint ? <dd className={styles.hint}>{hint}</dd> : null}
    </div>
  )
}
