/** In a browser no page is made ahead, of which an error would be passed on. */
export function handleISRError(): void {}
