'use client'

import { useEffect, useRef, useState, ViewTransition, type MouseEvent } from 'react'
import styles from './Gallery.module.css'
import { Picture } from './Picture.tsx'

interface GalleryPicture {
  readonly src: string
  readonly alt: string
  /** The view of the product in its thumbnail. */
  readonly view: string
}

interface GalleryProps {
  /** The name of the picture in view, while it moves from a list to its page: see pictureOf. */
  name: string
  label: string
  pictures: readonly GalleryPicture[]
}

const idOf = (index: number) => `picture-${index + 1}`

/**
 * The pictures of a product, in a row that scrolls: by swipe, by the arrow keys, by the thumbnails. Those are links to the
 * pictures, so that it works without JavaScript, which only adds that the address stays as it is and that the thumbnail of
 * the picture in view is marked.
 */
export function Gallery({ name, label, pictures }: GalleryProps) {
  const row = useRef<HTMLElement>(null)
  const [current, setCurrent] = useState<number>()

  useEffect(() => {
    const { current: root } = row
    if (!root) return
    const seen = new IntersectionObserver(
      (entries) => {
        const shown = entries.find(({ isIntersecting }) => isIntersecting)
        if (shown) setCurrent([...root.children].indexOf(shown.target))
      },
      { root, threshold: 0.6 },
    )
    for (const picture of root.children) seen.observe(picture)
    return () => seen.disconnect()
  }, [])

  const show = (event: MouseEvent, index: number) => {
    event.preventDefault()
    const { current: shown } = row
    shown?.scrollTo({ left: index * shown.clientWidth })
  }

  const [only] = pictures
  if (only && pictures.length === 1)
    return (
      <ViewTransition name={name} share="picture" default="none">
        <div className={styles.row}>
          <Picture src={only.src} alt={only.alt} eager />
        </div>
      </ViewTransition>
    )
  return (
    <div className={styles.gallery}>
      <ViewTransition name={name} share="picture" default="none">
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls is reached by the keyboard too */}
        <section ref={row} className={styles.row} aria-label={label} tabIndex={0}>
          {pictures.map(({ src, alt }, index) => (
            <div key={src} id={idOf(index)} className={styles.picture}>
              <Picture src={src} alt={alt} eager={index === 0} />
            </div>
          ))}
        </section>
      </ViewTransition>
      <ul className={styles.thumbnails}>
        {pictures.map(({ src, view }, index) => (
          <li key={src}>
            <a
              href={`#${idOf(index)}`}
              aria-current={index === current ? 'true' : undefined}
              onClick={(event) => show(event, index)}
            >
              <Picture src={src} alt={view} />
            </a>
          </li>
        ))}
      </ul>
    </div>
  )
}
