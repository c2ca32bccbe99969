/** By itself: from Next's own module the names of its layers would come along, which are an object, and 0.3 kB. */
export const NEXT_NAV_DEPLOYMENT_ID_HEADER = 'x-nextjs-deployment-id'
