import { nameIn } from '#lib/catalog/categories.ts'
import type { Locale } from '#lib/platform/locales.ts'
import type { CategoryTile } from '#lib/catalog/rows.ts'
import { categoryPath, localized } from '../../_i18n/paths.ts'
import { Picture } from './Picture.tsx'
import { IntentLink } from './IntentLink.tsx'
import styles from './CategoryTiles.module.css'

export function CategoryTiles({ tiles, locale }: { tiles: readonly CategoryTile[]; locale: Locale }) {
  return (
    <ul className={styles.tiles}>
      {tiles.map((tile) => (
        <li key={tile.id}>
          <IntentLink href={localized(locale, categoryPath(tile.slug))} className={styles.tile}>
            <span className={styles.picture}>{tile.cover ? <Picture src={tile.cover.image} alt="" /> : null}</span>
            <span className={styles.name}>{nameIn(tile.names, locale)}</span>
            <span aria-hidden="true" className={styles.arrow}>
              →
            </span>
          </IntentLink>
        </li>
      ))}
    </ul>
  )
}
