/** The collection that the home page shows. */
export const FEATURED = 'featured'
export const FEATURED_SIZE = 12
/** As many of its products lend their pictures to the preview of a link. */
export const HERO_PICTURES = 3
