// In place of next-env.d.ts, which names the folder of the last build.
/// <reference types="next" />
/// <reference types="next/image-types/global" />
