import { FirstPicture } from './FirstPicture.tsx'
import styles from './Picture.module.css'

interface PictureProps {
  src: string
  /** Empty where the name stands beside it. */
  alt: string
  /** For the picture that one came for: it is loaded first. */
  eager?: boolean
}

/** The name of a product's picture while it moves between a list and the product's page. */
export const pictureOf = (productId: number) => `picture-${productId}`

/** A product's picture. It is a vector drawing of a few kilobytes, so there is one size of it. */
export function Picture({ src, alt, eager = false }: PictureProps) {
  const picture = { className: styles.picture, src, alt, width: 480, height: 480, decoding: 'async' } as const
  if (eager) return <FirstPicture {...picture} />
  // oxlint-disable-next-line nextjs/no-img-element -- an image service has nothing to resize in an SVG
  return <img {...picture} alt={alt} loading="lazy" />
}
