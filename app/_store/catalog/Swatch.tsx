import { classNames } from '../../_ui/classNames.ts'
import styles from './Swatch.module.css'

/** A spot of a colour of the palette, beside its name. */
export function Swatch({ colour, className }: { colour: string; className?: string | undefined }) {
  return <span className={classNames(styles.swatch, className)} data-swatch={colour} aria-hidden="true" />
}
