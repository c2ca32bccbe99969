import Image from 'next/image'
import styles from './Picture.module.css'

/** A product's picture: an SVG at an immutable address, so there is nothing to resize or to optimise. */
export function Picture({ image, size }: { image: string; size: number }) {
  return <Image src={image} alt="" width={size} height={size} unoptimized className={styles.picture} />
}
