// In place of next-env.d.ts, which names the folder of whichever build ran last.
/// <reference types="next" />
/// <reference types="next/image-types/global" />
